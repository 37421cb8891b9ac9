-- What the rules of this book ask about a ticket, one row each.
-- At hand: ticket (the tickets asked about, with the book's fields), the book's items (proformas,
-- promises), task, tag, note, event, and what the caller gave as parameters named like the inputs.
-- Only what is valid is seen: nothing that an event ended, and no event that was undone.
WITH
paid_now AS NOT MATERIALIZED (
    SELECT ticket, number, amount FROM proformas
    WHERE paid IS NULL AND (:all OR number IN (SELECT value FROM json_each(:proforma)))
),
came_in AS NOT MATERIALIZED (
    SELECT id AS ticket, coalesce(
        :amount, (SELECT sum(p.amount) FROM paid_now p WHERE p.ticket = ticket.id), 0) AS amount
    FROM ticket
)
SELECT
    ticket.id AS ticket,
    ticket.status AS status,
    ticket.status = 'appointment' AS on_appointment,
    ticket.missed_calls + 1 AS attempt,
    ticket.missed_appointments + 1 AS missed,
    ticket.missed_contacts + 1 AS contact_number,
    (SELECT count(*) FROM proformas p WHERE p.ticket = ticket.id AND p.paid IS NULL) AS proformas,

    CASE WHEN :partial IS NULL THEN 'full' ELSE 'partial' END AS payment,
    (SELECT count(*) FROM proformas p WHERE p.ticket = ticket.id AND p.paid IS NULL)
        - (SELECT count(*) FROM paid_now p WHERE p.ticket = ticket.id) AS left,
    (SELECT json_group_array(p.number) FROM paid_now p WHERE p.ticket = ticket.id) AS paying,
    (SELECT c.amount FROM came_in c WHERE c.ticket = ticket.id) AS amount_now,
    ticket.received + (SELECT c.amount FROM came_in c WHERE c.ticket = ticket.id) AS received_now,
    EXISTS (
        SELECT 1 FROM promises p JOIN came_in c ON c.ticket = p.ticket
        WHERE p.ticket = ticket.id AND p.state = 'open'
            AND p.amount <= ticket.received + c.amount
    ) AS covered,

    -- The open promise counts, else the newest.
    coalesce(
        (SELECT p.state FROM promises p WHERE p.ticket = ticket.id
            ORDER BY p.state = 'open' DESC, p.id DESC LIMIT 1),
        'none'
    ) AS promise,
    (SELECT p.pay_on FROM promises p WHERE p.ticket = ticket.id
        ORDER BY p.state = 'open' DESC, p.id DESC LIMIT 1) AS pay_on,
    coalesce(
        (SELECT p.kind FROM promises p WHERE p.ticket = ticket.id
            ORDER BY p.state = 'open' DESC, p.id DESC LIMIT 1),
        'none'
    ) AS promise_kind,
    (SELECT p.amount FROM promises p WHERE p.ticket = ticket.id
        ORDER BY p.state = 'open' DESC, p.id DESC LIMIT 1) AS promise_amount,
    ticket.broken_promises + (
        SELECT count(*) FROM promises p WHERE p.ticket = ticket.id AND p.state = 'open'
    ) AS broken,
    ticket.broken_promises + 1 + (
        SELECT count(*) FROM promises p WHERE p.ticket = ticket.id AND p.state = 'open'
    ) AS promise_number,

    ticket.preblock_on AS preblock_on,
    coalesce(
        (SELECT min(task.due) FROM task WHERE task.ticket = ticket.id), ticket.opened
    ) AS task_due,
    -- What was brought in from elsewhere has no event that says since when.
    CASE WHEN ticket.status IN ('with-department', 'to-block') THEN coalesce(
        (SELECT max(substr(event.at, 1, 10)) FROM event
            WHERE event.ticket = ticket.id AND event.changes ->> '$.status' IS NOT NULL),
        ticket.preblock_on,
        ticket.opened
    ) ELSE ticket.opened END AS status_on
FROM ticket
