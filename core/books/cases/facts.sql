-- What the rules of this book ask about a case, one row each.
-- At hand: ticket (the cases asked about; one row without values where a case is only begun), tickets
-- (all of them), the book's items (discounts), note, event, link, what the caller gave, and the
-- parameters. Only what is valid is seen: nothing that an event ended, and no event that was undone.
WITH
-- How often this has happened in the call before, over all cases of the customer.
times AS NOT MATERIALIZED (
    SELECT ticket.id AS ticket, (
        SELECT count(*) FROM tickets AS other CROSS JOIN event
        WHERE other.customer = ticket.customer AND event.ticket = other.id
            AND event.event = 'conduct'
            AND event.facts ->> '$.kind' = :kind AND event.facts ->> '$.call' = :call
    ) AS number
    FROM ticket
),
-- The discounts of a case's customer, whichever case they were given on.
had AS (
    SELECT ticket.id AS ticket, discounts.topic AS topic, max(discounts.given_on) AS given_on
    FROM ticket
    JOIN tickets AS other ON other.customer = ticket.customer
    JOIN discounts ON discounts.ticket = other.id
    GROUP BY ticket.id, discounts.topic
)
SELECT
    ticket.id AS ticket,
    ticket.status AS status,
    ticket.status = 'OPEN' AND ticket.assignee IS NOT NULL AS accepted,
    ticket.assignee IS NOT NULL AS assigned,
    ticket.priority IN ('high', 'blocking') AS urgent,
    ticket.creator AS owner,
    -- Whoever has accepted it; until then the queue has it.
    CASE WHEN ticket.status = 'OPEN' THEN coalesce(ticket.assignee, ticket.queue)
        ELSE coalesce(ticket.queue, ticket.assignee) END AS holder,

    ticket.queue AS queue_now,
    coalesce(ticket.queue, ticket.came_from) AS home_queue,
    coalesce(
        :queue,
        (SELECT value FROM json_each(:categories) WHERE key = coalesce(:category, ticket.category)),
        ticket.queue, ticket.came_from
    ) AS target,
    coalesce(:queue = coalesce(ticket.queue, ticket.came_from), 0) AS same_queue,
    CASE
        WHEN trim(coalesce(:subject, ticket.subject, '')) = '' THEN 'subject'
        WHEN trim(coalesce(:description, ticket.description, '')) = '' THEN 'description'
        WHEN coalesce(
            :queue,
            (SELECT value FROM json_each(:categories) WHERE key = coalesce(:category, ticket.category)),
            ticket.queue, ticket.came_from
        ) IS NULL THEN 'queue'
        ELSE 'nothing'
    END AS missing,
    ticket.category AS category_now,
    coalesce(:subject, ticket.subject) AS subject_after,
    coalesce(:description, ticket.description) AS description_after,
    ticket.topic AS topic_now,

    ticket.respond_by AS given_term,
    substr(ticket.opened, 1, 10) AS opened_on,
    coalesce(ticket.returned_on, substr(ticket.opened, 1, 10)) AS returned_since,
    CASE WHEN ticket.status = 'OPEN-REJECT-RETURN' THEN coalesce(
        ticket.returned_for,
        (SELECT note.text FROM note WHERE note.ticket = ticket.id ORDER BY note.id DESC LIMIT 1)
    ) END AS given_back_for,
    ticket.other_way AS chosen_way,
    -- The mark counts as there where it is a word of its own, and not the beginning of another.
    CASE
        WHEN ticket.subject IS NULL THEN :repeat_mark
        WHEN substr(ticket.subject, 1, length(:repeat_mark)) = :repeat_mark
            AND substr(ticket.subject, length(:repeat_mark) + 1, 1) IN ('', ' ', ':', '.', ',', '!', '-', '–', '—')
            THEN ticket.subject
        ELSE :repeat_mark || ' ' || ticket.subject
    END AS marked_subject,
    ticket.result AS settled_as,
    (SELECT tickets.ref FROM link JOIN tickets ON tickets.id = link.ticket
        WHERE link.target = ticket.ref AND link.field = 'recreated_from'
        ORDER BY tickets.id DESC LIMIT 1) AS successor,
    CASE
        WHEN ticket.category IN (SELECT value FROM json_each(:retention_categories)) THEN 'retention'
        WHEN ticket.category IN (SELECT value FROM json_each(:equipment_categories)) THEN 'equipment'
        ELSE 'other'
    END AS disagreement,

    coalesce(:topic, ticket.topic, ticket.category) AS topic_asked,
    (SELECT had.given_on FROM had WHERE had.ticket = ticket.id
        AND had.topic = coalesce(:topic, ticket.topic, ticket.category)) AS discounted_on,

    1 + (
        SELECT times.number FROM times WHERE times.ticket = ticket.id
    ) AS occurrence,
    CASE WHEN :kind = 'silence' THEN :silence_prompts
        ELSE (SELECT value FROM json_each(:warnings) WHERE key = :kind) END AS allowed,
    (
        SELECT times.number FROM times WHERE times.ticket = ticket.id
    ) >= min(:silence_prompts_least, :silence_prompts) AS may_end
FROM ticket
