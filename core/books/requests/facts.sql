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
        SELECT group_concat(ref, ', ') FROM (
            SELECT made.ref FROM link JOIN tickets AS made ON made.id = link.ticket
            WHERE link.target = ticket.ref AND link.field = 'from_request' ORDER BY made.id
        )
    ) ELSE (
        SELECT group_concat(number, ', ') FROM (
            SELECT d.number FROM documents d
            WHERE d.ticket = ticket.id AND d.kind = :document ORDER BY d.id
        )
    ) END AS made_as,
    -- Numbers that an import brought along may be any, so the first free one is taken.
    CASE WHEN :document IN ('quote', 'meeting') THEN (
        WITH RECURSIVE candidate(place, number) AS (
            SELECT 1, ticket.ref || '-' || :document
            UNION ALL
            SELECT place + 1, ticket.ref || '-' || :document || '-' || (place + 1)
            FROM candidate
            WHERE EXISTS (
                SELECT 1 FROM documents d
                WHERE d.ticket = ticket.id AND d.number = candidate.number
            )
        )
        SELECT number FROM candidate ORDER BY place DESC LIMIT 1
    ) END AS number,
    ticket.type AS asked_type,
    ticket.text AS asked_text,

    substr(ticket.opened, 1, 10) AS opened_on,
    coalesce(ticket.changed_on, substr(ticket.opened, 1, 10)) AS changed_on
FROM ticket
