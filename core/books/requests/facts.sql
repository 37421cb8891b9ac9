-- What the rules of this book ask about a request, one row each.
-- At hand: ticket (the tickets asked about, with the book's fields), tickets (all of this book), the
-- book's items (documents), state (the catalogue: name, place, completed), link (who points at whom),
-- task, tag, note, event, and what the caller gave as parameters named like the inputs.
-- Only what is valid is seen: nothing that an event ended, and no event that was undone.
SELECT
    ticket.id AS ticket,
    -- A state of the catalogue is an open one; all others are closed.
    ticket.status NOT IN (SELECT name FROM state) AS closed,
    ticket.status AS status,
    ticket.status IN (SELECT name FROM state WHERE completed) AS completed,
    coalesce(:owner, ticket.owner) AS responsible,
    ticket.status = :state AS stays,
    ticket.kind = 'ticket' AS is_ticket,
    ticket.from_request AS origin,

    :document = 'ticket' AND EXISTS (
        SELECT 1 FROM link WHERE link.target = ticket.ref AND link.field = 'from_request'
    ) OR EXISTS (
        SELECT 1 FROM documents d WHERE d.ticket = ticket.id AND d.kind = :document
    ) AS made,
    CASE WHEN :document = 'ticket' THEN (
        SELECT min(made.ref) FROM link JOIN tickets AS made ON made.id = link.ticket
        WHERE link.target = ticket.ref AND link.field = 'from_request'
    ) ELSE (
        SELECT min(d.number) FROM documents d WHERE d.ticket = ticket.id AND d.kind = :document
    ) END AS made_as,
    ticket.type AS asked_type,
    ticket.text AS asked_text,

    substr(ticket.opened, 1, 10) AS opened_on,
    coalesce(ticket.changed_on, substr(ticket.opened, 1, 10)) AS changed_on
FROM ticket
