SELECT ticket.id AS ticket, ticket.status AS status, ticket.visit AS visit, ticket.fixed_on AS fixed_on,
    (ticket.price * :fee * 2 + 10000) / 20000 AS kept,
    (SELECT count(*) FROM link JOIN tickets ON tickets.id = link.ticket
        WHERE link.target = ticket.ref AND link.field = 'again_for' AND tickets.open) AS complaints
FROM ticket
