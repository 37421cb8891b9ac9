-- What the rules of this book ask about a ticket, one row each.
-- At hand: ticket (the tickets asked about, with the book's fields), the book's items (proformas,
-- promises), task, tag, event, customer, and what the caller gave as parameters named like the
-- inputs. Only what is valid is seen: nothing that an event ended, and no event that was undone.
WITH
-- The oldest first: by date, and where that is the same or missing by number.
owed AS NOT MATERIALIZED (
    SELECT
        ticket, number, coalesce("left", amount) AS amount,
        coalesce(issued, '9999') AS issued
    FROM proformas WHERE paid IS NULL
),
-- What a payment or a credit is for: the proformas named, else all that are open.
named AS NOT MATERIALIZED (
    SELECT * FROM owed
    WHERE :all OR number = :credit OR number IN (SELECT value FROM json_each(:proforma))
        OR (:proforma IS NULL AND :credit IS NULL AND :amount IS NOT NULL)
),
-- With each: what it and the older ones among them come to.
heap AS NOT MATERIALIZED (
    SELECT named.*, (
        SELECT sum(older.amount) FROM named older WHERE older.ticket = named.ticket
            AND (older.issued, older.number) <= (named.issued, named.number)
    ) AS height
    FROM named
),
came_in AS NOT MATERIALIZED (
    SELECT
        ticket.id AS ticket,
        coalesce((SELECT sum(n.amount) FROM named n WHERE n.ticket = ticket.id), 0) AS named,
        coalesce(
            :amount, (SELECT sum(n.amount) FROM named n WHERE n.ticket = ticket.id), 0
        ) AS amount
    FROM ticket
),
agreed AS NOT MATERIALIZED (
    SELECT * FROM promises WHERE kind <> 'claimed'
),
-- The ticket's own task: not the one that lifts a block, nor a second one beside the block's.
own AS NOT MATERIALIZED (
    SELECT task.ticket, task.due FROM task JOIN ticket ON ticket.id = task.ticket
    WHERE task.kind <> 'unblock' AND NOT (
        task.kind = 'appointment'
        AND ticket.status IN ('pre-block', 'notice-due', 'to-block', 'blocked')
    )
),
-- Where a ticket stands once a missed contact's rest is over: a call begins from zero then.
standing AS NOT MATERIALIZED (
    SELECT
        ticket.id AS ticket,
        CASE WHEN ticket.status = 'missed-contact' THEN coalesce(
            (SELECT min(own.due) FROM own WHERE own.ticket = ticket.id) <= :today || '~', 1
        ) ELSE 0 END AS restarts,
        (SELECT count(*) FROM owed WHERE owed.ticket = ticket.id) AS proformas,
        ticket.broken_promises + (
            SELECT count(*) FROM agreed p WHERE p.ticket = ticket.id AND p.state = 'open'
        ) AS broken
    FROM ticket
)
SELECT
    ticket.id AS ticket,
    ticket.status AS status,
    CASE
        WHEN ticket.status = 'awaiting-payment' THEN CASE
            WHEN standing.proformas > :reschedule_max_proformas THEN 'awaits-last'
            WHEN standing.broken <= :reschedule_max_broken THEN 'awaits'
            WHEN EXISTS (
                SELECT 1 FROM agreed p WHERE p.ticket = ticket.id AND p.state = 'open'
            ) THEN 'awaits-last'
            ELSE 'awaits'
        END
        WHEN ticket.status = 'new' THEN 'due'
        WHEN ticket.status IN ('calling', 'appointment', 'missed-contact', 'customer-care')
            AND coalesce(
                (SELECT min(own.due) FROM own WHERE own.ticket = ticket.id) <= :today || '~', 1
            ) THEN 'due'
        ELSE 'waits'
    END AS stands,
    ticket.status IN ('pre-block', 'notice-due', 'to-block', 'blocked') AS in_block,
    standing.restarts AS restarts,
    ticket.status IN ('appointment', 'customer-care') AS on_appointment,
    CASE WHEN standing.restarts THEN 1 ELSE ticket.missed_calls + 1 END AS attempt,
    ticket.missed_appointments + 1 AS missed,
    ticket.missed_contacts + 1 AS contact_number,
    standing.proformas AS proformas,

    EXISTS (
        SELECT 1 FROM customer WHERE customer.id = ticket.customer AND customer.email IS NOT NULL
    ) AS address,
    ticket.blocked_on IS NOT NULL AS blocked,
    EXISTS (SELECT 1 FROM task WHERE task.ticket = ticket.id AND task.kind = 'unblock') AS unblock,
    EXISTS (
        SELECT 1 FROM tag
        WHERE tag.ticket = ticket.id AND tag.tag IN ('customer care', 'customer care/contabile')
    ) AS care_asked,

    -- The open promise counts, else the newest.
    coalesce(
        (SELECT CASE WHEN p.state IN ('open', 'broken') THEN p.state END
            FROM agreed p WHERE p.ticket = ticket.id
            ORDER BY p.state = 'open' DESC, p.id DESC LIMIT 1),
        'other'
    ) AS newest,
    coalesce(
        (SELECT p.state = 'open' OR p.cycle = ticket.cycle FROM agreed p WHERE p.ticket = ticket.id
            ORDER BY p.state = 'open' DESC, p.id DESC LIMIT 1),
        0
    ) AND NOT standing.restarts AS current,
    ticket.status = 'pre-block' AND (
        SELECT count(*) FROM agreed p
        WHERE p.ticket = ticket.id AND p.state = 'broken' AND p.cycle = ticket.cycle
    ) > :reschedule_max_broken AS no_way_out,
    EXISTS (
        SELECT 1 FROM promises p
        WHERE p.ticket = ticket.id AND p.kind = 'claimed' AND p.state = 'open'
    ) AS claimed,
    NOT standing.restarts AND EXISTS (
        SELECT 1 FROM promises p
        WHERE p.ticket = ticket.id AND p.kind = 'claimed' AND p.state = 'untrue'
            AND p.cycle = ticket.cycle
    ) AS untrue,
    (SELECT p.pay_on FROM promises p WHERE p.ticket = ticket.id AND p.state = 'open'
        ORDER BY p.id DESC LIMIT 1) AS pay_on,
    coalesce(
        (SELECT p.kind FROM agreed p WHERE p.ticket = ticket.id
            ORDER BY p.state = 'open' DESC, p.id DESC LIMIT 1),
        'full'
    ) AS promise_kind,
    (SELECT p.amount FROM agreed p WHERE p.ticket = ticket.id
        ORDER BY p.state = 'open' DESC, p.id DESC LIMIT 1) AS promise_amount,
    (SELECT min(
        p.amount, (SELECT sum(owed.amount) FROM owed WHERE owed.ticket = ticket.id)
    ) FROM agreed p WHERE p.ticket = ticket.id
        ORDER BY p.state = 'open' DESC, p.id DESC LIMIT 1) AS missed_amount,
    coalesce(:agreed_on > (
        SELECT p.pay_on FROM agreed p WHERE p.ticket = ticket.id AND p.state = 'open'
        ORDER BY p.id DESC LIMIT 1
    ), 0) AS later,
    CASE
        WHEN EXISTS (
            SELECT 1 FROM promises p
            WHERE p.ticket = ticket.id AND p.kind = 'claimed' AND p.state = 'open'
        ) THEN 'untrue'
        WHEN NOT EXISTS (
            SELECT 1 FROM promises p WHERE p.ticket = ticket.id AND p.state = 'open'
        ) THEN 'none'
        WHEN ticket.broken_promises > 0 OR EXISTS (
            SELECT 1 FROM promises p
            WHERE p.ticket = ticket.id AND p.state IN ('broken', 'withdrawn')
        ) THEN 'broken'
        ELSE 'withdrawn'
    END AS ends,
    standing.broken AS broken,
    standing.broken + 1 AS promise_number,
    ticket.cycle + standing.restarts AS cycle_now,
    ticket.cycle + 1 AS next_cycle,
    ticket.new_dates AS new_dates,
    ticket.new_dates + 1 AS next_new_dates,

    CASE
        WHEN :partial IS NULL THEN 'full'
        WHEN :partial > (SELECT sum(owed.amount) FROM owed WHERE owed.ticket = ticket.id)
            THEN 'too-much'
        ELSE 'partial'
    END AS payment,
    coalesce((SELECT sum(owed.amount) FROM owed WHERE owed.ticket = ticket.id), 0) AS open_sum,

    standing.proformas - (
        SELECT count(*) FROM heap
        WHERE heap.ticket = ticket.id AND heap.height <= came_in.amount
    ) AS still_open,
    (SELECT json_group_array(heap.number) FROM heap
        WHERE heap.ticket = ticket.id AND heap.height <= came_in.amount) AS paying,
    (SELECT heap.number FROM heap
        WHERE heap.ticket = ticket.id AND heap.height > came_in.amount
            AND heap.height - heap.amount < came_in.amount) AS parted,
    (SELECT heap.height - came_in.amount FROM heap
        WHERE heap.ticket = ticket.id AND heap.height > came_in.amount
            AND heap.height - heap.amount < came_in.amount) AS parted_left,
    CASE
        WHEN came_in.amount > came_in.named AND NOT coalesce(:over, 0) THEN 'more'
        WHEN came_in.amount < came_in.named AND NOT coalesce(:part, 0) AND :credit IS NULL
            AND (:all OR :proforma IS NOT NULL) THEN 'less'
        ELSE 'fits'
    END AS fits,
    came_in.named AS named_sum,
    came_in.amount AS amount_now,
    CASE WHEN came_in.amount > came_in.named THEN came_in.amount - came_in.named END AS in_credit,
    ticket.received + came_in.amount AS received_now,
    EXISTS (
        SELECT 1 FROM promises p
        WHERE p.ticket = ticket.id AND p.state = 'open'
            AND (p.kind = 'claimed' OR p.amount <= ticket.received + came_in.amount)
    ) AS covered,
    CASE
        WHEN :correct IS NOT NULL THEN CASE
            WHEN :amount <= (
                SELECT max(owed.amount) FROM owed
                WHERE owed.ticket = ticket.id AND owed.number = :correct
            ) THEN 'not-risen'
            ELSE 'risen'
        END
        WHEN :add IS NULL THEN 'none'
        WHEN EXISTS (
            SELECT 1 FROM owed WHERE owed.ticket = ticket.id AND owed.number = :add
        ) THEN 'open'
        WHEN EXISTS (
            SELECT 1 FROM proformas p WHERE p.ticket = ticket.id AND p.number = :add
        ) THEN 'paid'
        ELSE 'new'
    END AS adding,

    coalesce(:amount, (
        SELECT p.amount FROM proformas p WHERE p.ticket = ticket.id AND p.number = :add
    )) AS amount_again,
    (SELECT max(p.amount, coalesce(:amount, 0)) FROM proformas p
        WHERE p.ticket = ticket.id AND p.number = :correct) AS amount_corrected,
    (SELECT CASE WHEN p.amount > :amount THEN :amount END FROM proformas p
        WHERE p.ticket = ticket.id AND p.number = :correct) AS left_corrected,

    ticket.preblock_on AS preblock_on,
    ticket.notice_waits AS unsent,
    coalesce(
        (SELECT min(own.due) FROM own WHERE own.ticket = ticket.id), ticket.opened
    ) AS task_due,
    (SELECT count(*) FROM event WHERE event.ticket = ticket.id AND event.event = 'call') AS calls,
    -- What was brought in from elsewhere has no event that says since when.
    CASE WHEN ticket.status IN ('with-department', 'to-block') THEN coalesce(
        (SELECT max(substr(event.at, 1, 10)) FROM event
            WHERE event.ticket = ticket.id AND event.changes ->> '$.status' IS NOT NULL),
        ticket.preblock_on,
        ticket.opened
    ) END AS status_on
FROM ticket
    LEFT JOIN standing ON standing.ticket = ticket.id
    LEFT JOIN came_in ON came_in.ticket = ticket.id
