SELECT t.id AS ticket, t.status FROM ticket AS t
