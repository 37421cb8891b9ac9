-- What the rules of this book ask about a ticket, one row each.
-- At hand: ticket (the tickets asked about, with the book's fields), tickets (all of this book),
-- link (which ticket points to which), customer, and as parameters what the caller gave and the
-- book's own parameters, lists and tables of them as JSON.
WITH
-- A follow-up is what insists on another ticket, or has the subject of one.
asked_about AS NOT MATERIALIZED (
    SELECT
        ticket.*,
        ticket.answer IS NOT NULL OR ticket.answered_on IS NOT NULL AS answered,
        CASE
            WHEN ticket.answered_on IS NOT NULL THEN 'answered on ' || ticket.answered_on
            WHEN ticket.answer IS NOT NULL THEN 'answered, the day is not noted'
            WHEN ticket.status = 'closed' THEN 'none, it was closed without one'
            ELSE 'no answer yet'
        END AS standing,
        ticket.insists_on IS NOT NULL OR coalesce(
            ticket.subject IN (SELECT key FROM json_each(:third_category)), 0
        ) AS follows
    FROM ticket
),
known AS NOT MATERIALIZED (
    SELECT
        *,
        answer IS NOT NULL OR answered_on IS NOT NULL AS answered,
        CASE
            WHEN answered_on IS NOT NULL THEN 'answered on ' || answered_on
            WHEN answer IS NOT NULL THEN 'answered, the day is not noted'
            ELSE 'no answer yet'
        END AS standing
    FROM tickets
),
-- What insists on a ticket: its follow-ups, but those that were closed without an answer.
follow_up AS NOT MATERIALIZED (
    SELECT link.target, known.*
    FROM link JOIN known ON known.id = link.ticket
    WHERE link.field = 'insists_on' AND (known.open = 1 OR known.answered)
),
-- The follow-up that the check is about: the newest for a late answer or for disagreement. What is
-- still open for lateness is set aside once the requirement itself is answered.
newest AS (
    SELECT ticket.id AS ticket, (
        SELECT f.id FROM follow_up f
        WHERE f.target = ticket.ref AND f.subject IN ('late-response', 'disagreement') AND NOT (
            f.subject = 'late-response' AND NOT f.answered
            AND (ticket.answer IS NOT NULL OR ticket.answered_on IS NOT NULL)
        )
        ORDER BY f.opened DESC, f.id DESC LIMIT 1
    ) AS id
    FROM ticket
),
insistence AS (
    SELECT newest.ticket, known.* FROM newest JOIN known ON known.id = newest.id
),
-- What is to be filed: what the agent names, else what the check comes to; without a ticket it is
-- collection management.
filed AS (
    SELECT ticket.id AS ticket, CASE
        WHEN ticket.ref IS NULL THEN 'collection-management'
        WHEN :file_follow_up IS NOT NULL THEN :file_follow_up
        WHEN ticket.answer IS NOT NULL OR ticket.answered_on IS NOT NULL THEN 'disagreement'
        ELSE 'late-response'
    END AS subject
    FROM ticket
),
contact AS (
    SELECT
        ticket.id AS ticket,
        coalesce(
            (SELECT c.name FROM customer c WHERE c.id = ticket.customer),
            (SELECT c.name FROM customer c WHERE c.ref = :for)
        ) AS name,
        coalesce(
            (SELECT c.phone FROM customer c WHERE c.id = ticket.customer),
            (SELECT c.phone FROM customer c WHERE c.ref = :for)
        ) AS phone,
        coalesce(
            (SELECT c.email FROM customer c WHERE c.id = ticket.customer),
            (SELECT c.email FROM customer c WHERE c.ref = :for)
        ) AS email
    FROM ticket
)
SELECT
    ticket.id AS ticket,
    CASE
        WHEN ticket.insists_on IS NOT NULL AND ticket.subject IN ('late-response', 'disagreement')
            THEN 'of-follow-up'
        WHEN :file_follow_up IS NOT NULL THEN 'file'
        ELSE 'check'
    END AS asked,
    ticket.status AS status,
    ticket.line AS line,
    NOT :on_behalf AND ticket.line IN (SELECT value FROM json_each(:self_service_lines))
        AS self_service,
    ticket.answered AS answered,
    ticket.standing AS standing,
    ticket.answered_on AS answered_on,
    ticket.answer AS answer,
    ticket.respond_by AS respond_by,
    iif(ticket.follows, NULL, substr(ticket.opened, 1, 10)) AS requirement_from,
    iif(ticket.follows, substr(ticket.opened, 1, 10), NULL) AS follow_up_from,

    coalesce(
        (SELECT iif(i.answered, 'answered', 'open') FROM insistence i WHERE i.ticket = ticket.id),
        'none'
    ) AS insistence,
    (SELECT i.ref FROM insistence i WHERE i.ticket = ticket.id) AS insistence_ref,
    (SELECT i.subject FROM insistence i WHERE i.ticket = ticket.id) AS insistence_subject,
    (SELECT substr(i.opened, 1, 10) FROM insistence i WHERE i.ticket = ticket.id) AS insistence_from,
    (SELECT i.respond_by FROM insistence i WHERE i.ticket = ticket.id) AS insistence_respond_by,
    (SELECT i.answer FROM insistence i WHERE i.ticket = ticket.id) AS insistence_answer,
    (SELECT i.answered_on FROM insistence i WHERE i.ticket = ticket.id) AS insistence_answered_on,
    (SELECT i.standing FROM insistence i WHERE i.ticket = ticket.id) AS insistence_standing,

    ticket.insists_on AS insists_on,
    (
        SELECT f.ref FROM follow_up f
        WHERE f.target = ticket.ref AND f.subject = :file_follow_up AND NOT f.answered
        ORDER BY f.id DESC LIMIT 1
    ) AS same_open,
    (SELECT c.name FROM contact c WHERE c.ticket = ticket.id) AS customer_name,
    (SELECT c.phone FROM contact c WHERE c.ticket = ticket.id) AS customer_phone,
    (SELECT c.email FROM contact c WHERE c.ticket = ticket.id) AS customer_email,
    (SELECT f.subject FROM filed f WHERE f.ticket = ticket.id) AS filed_subject,
    coalesce(
        (SELECT :first_category ->> f.subject FROM filed f WHERE f.ticket = ticket.id),
        :first_category ->> ticket.line
    ) AS filed_category_1,
    (SELECT :second_category ->> f.subject FROM filed f WHERE f.ticket = ticket.id) AS filed_category_2,
    (SELECT :third_category ->> f.subject FROM filed f WHERE f.ticket = ticket.id) AS filed_category_3,
    (SELECT :groups ->> f.subject FROM filed f WHERE f.ticket = ticket.id) AS filed_group,
    coalesce(:recorded_as ->> :channel, :channel) AS filed_channel,
    CASE WHEN (:recorded_as ->> :channel) IS NOT NULL
        THEN :replaced_note || ' ' || :channel
    END AS filed_note,
    (
        SELECT (:description_labels ->> 0) || ': ' || coalesce(:name, c.name, '') || '; '
            || (:description_labels ->> 1) || ': ' || coalesce(:phone, c.phone, '') || '; '
            || (:description_labels ->> 2) || ': ' || coalesce(:email, c.email, '') || '; '
            || (:description_labels ->> 3) || ': ' || coalesce(:description, '')
        FROM contact c WHERE c.ticket = ticket.id
    ) AS filed_description,

    iif(ticket.follows, 'supervisor', NULL) AS overseer,
    (
        SELECT coalesce(tickets.result, 'answered') FROM tickets
        WHERE tickets.ref = ticket.insists_on AND tickets.open = 0
    ) AS settled_as,
    coalesce(ticket.escalated_on, substr(ticket.opened, 1, 10)) AS decide_on
FROM asked_about AS ticket
