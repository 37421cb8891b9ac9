-- What the rules ask about a loan, one row each: see "facts.sql" in docs/writing-a-book.md.
WITH out AS NOT MATERIALIZED (
    SELECT * FROM copies WHERE back IS NULL
),
given AS NOT MATERIALIZED (
    SELECT * FROM out WHERE :all OR barcode IN (SELECT value FROM json_each(:copy))
)
SELECT
    ticket.id AS ticket,
    ticket.status AS status,
    ticket.renewals + 1 AS renewal,
    ticket.reminded_on AS reminded_on,
    (SELECT count(*) FROM out WHERE out.ticket = ticket.id) AS out,
    (SELECT coalesce(sum(price), 0) FROM out WHERE out.ticket = ticket.id) AS worth,
    (SELECT json_group_array(barcode) FROM given WHERE given.ticket = ticket.id) AS giving,
    (SELECT count(*) FROM out WHERE out.ticket = ticket.id)
        - (SELECT count(*) FROM given WHERE given.ticket = ticket.id) AS left,
    coalesce((SELECT min(due) FROM task WHERE task.ticket = ticket.id), ticket.opened) AS due_on
FROM ticket
