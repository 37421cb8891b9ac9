-- What the rules of this book ask about a ticket, one row each.
-- At hand: ticket (the tickets asked about, with the book's fields), task, and what the caller gave
-- and the book's parameters, named as there. An event that begins without a ticket has one row in
-- which everything of the ticket is NULL.
-- Days of calls and of grace are calendar days. A month later is the same day of the month, or the
-- last one of a shorter month: SQLite alone would go on into the month after.
SELECT
    p.id AS ticket,
    p.status AS status,
    p.stands AS stands,
    p.stands = 'resting' OR p.stands = 'running' OR p.stands = 'unpaid' AND p.status <> 'final-try'
        AS changeable,
    p.paid_on IS NOT NULL AS paid,
    p.paid_on AS paid_day,
    p.price AS cost,
    p.currency AS in_currency,

    -- Booking.
    strftime('%s', :first_visit) - strftime('%s', :now) <= :close_hours * 3600 AS close,
    :customer IS NOT NULL OR (:name IS NOT NULL AND :phone IS NOT NULL) AS somebody,
    CASE WHEN :first_visit IS NULL THEN '[]' ELSE json_array(:first_visit) END AS first_times,

    -- The home collection: asked for now, and recorded.
    coalesce(:collect_at, max(:today, date(coalesce(p.first_visit, :first_visit), '-1 day')))
        AS collect_on,
    coalesce(:address, p.collect_address) AS collect_to,
    coalesce(:price, p.price) AS collect_amount,
    p.collect_at AS collection_at,
    p.collection_over AS collection_over,

    -- Getting it paid.
    :last_day_role AS last_day_caller,
    p.first_visit AS first_at,
    coalesce(:today >= p.last_day_on, 0) AS last_day,
    p.last_day_on AS last_day_on,
    max(:today, date(coalesce(p.first_visit, :first_visit), '-1 day')) AS check_on,
    p.last_day_on || p.hour AS last_call,
    date(:today, '+1 day') || p.hour AS tomorrow,
    coalesce(p.first_visit >= CASE WHEN length(p.first_visit) > 10 THEN :now ELSE :today END
        AND p.first_visit <> :now, 0) AS ahead,
    :amount IS NULL OR :amount = p.price AS fits,
    coalesce(p.cancelled_times, p.times) AS back_times,

    -- Its end.
    p.start_on AS start_on,
    p.expires_on AS expires_on,
    p.grace_end AS grace_end,
    p.left AS left,
    CASE WHEN p.stands = 'unpaid' THEN 'unpaid' WHEN p.used < p.visits THEN 'open' ELSE 'full' END
        AS tally,
    p.passed_visit AS passed_visit,
    iif(p.passed_visit IS NULL, '', ' Did the visit of ' || p.passed_visit || ' take place?')
        || iif(p.collection_over, ' The home collection of ' || p.collect_at
        || ' is over: ask the partner whether it came.', '') AS beside,
    max(0, CAST(julianday(p.grace_end) - julianday(:today) AS INTEGER)) AS days_left,
    p.missed_calls AS missed,
    p.missed_calls + 1 AS missed_now,
    (SELECT count(*) FROM json_each(p.times) t WHERE substr(t.value, 1, 10) >= :today) AS planned,
    (SELECT count(*) FROM json_each(p.times) t
        WHERE substr(t.value, 1, 10) >= :today) >= p.left AS all_planned,
    (SELECT min(t.value) FROM json_each(p.times) t
        WHERE substr(t.value, 1, 10) >= :today) AS next_visit,
    -- No call is planned beyond the third day of calls, which is the last one that letters name.
    CASE WHEN max(p.second_day, date(:today, '+1 day')) <= p.third_day
        THEN max(p.second_day, date(:today, '+1 day')) || p.hour END AS second_call,
    CASE WHEN max(iif(p.first_day > :today, p.first_day, p.second_day), date(:today, '+1 day')) <= p.third_day
        THEN max(iif(p.first_day > :today, p.first_day, p.second_day), date(:today, '+1 day')) || p.hour
    END AS next_call,

    -- Dates named for what is left.
    coalesce(json_array_length(:visit), 0) AS asked,
    CASE
        WHEN coalesce(json_array_length(:visit), 0) = 0 THEN 'none'
        WHEN EXISTS (SELECT 1 FROM json_each(:visit) v
            WHERE substr(v.value, 1, 10) NOT BETWEEN :today AND p.grace_end) THEN 'outside'
        WHEN json_array_length(:visit) > p.left - (SELECT count(*) FROM json_each(p.times) t
            WHERE substr(t.value, 1, 10) >= :today) THEN 'too-many'
        WHEN (SELECT count(DISTINCT v.value) FROM json_each(:visit) v) < json_array_length(:visit)
            OR EXISTS (SELECT 1 FROM json_each(:visit) v JOIN json_each(p.times) t
                ON t.value = v.value) THEN 'twice'
        ELSE 'good'
    END AS dates,
    (SELECT min(v.value) FROM json_each(:visit) v
        WHERE substr(v.value, 1, 10) NOT BETWEEN :today AND p.grace_end) AS outside,
    (SELECT json_group_array(value) FROM (
        SELECT value FROM json_each(p.times) UNION ALL SELECT value FROM json_each(:visit)
        ORDER BY value)) AS times_with,
    (SELECT count(*) FROM json_each(p.times) t WHERE substr(t.value, 1, 10) >= :today)
        + coalesce(json_array_length(:visit), 0) >= p.left AS now_planned,

    -- One visit: named by its day where that is enough, else by its hour.
    CASE
        WHEN p.done_at LIKE :today || '%' AND :no_answer THEN 'counted-today'
        WHEN p.found > 1 THEN 'several'
        WHEN p.found = 0 AND p.done_at LIKE :today || '%' THEN 'counted-today'
        WHEN p.found = 0 AND p.done_at IS NOT NULL THEN 'counted'
        WHEN p.found = 0 THEN 'unknown'
        WHEN substr(p.found_at, 1, 10) < :today THEN 'past'
        WHEN substr(p.found_at, 1, 10) = :today THEN 'today'
        ELSE 'ahead'
    END AS visit_is,
    CASE WHEN p.found = 1 AND NOT (coalesce(p.done_at LIKE :today || '%', 0) AND coalesce(:no_answer, 0))
        THEN p.found_at ELSE p.done_at END AS visit_at,
    CASE
        WHEN :to IS NULL THEN 'none'
        WHEN substr(:to, 1, 10) > p.grace_end THEN 'beyond'
        WHEN EXISTS (SELECT 1 FROM json_each(p.times) t WHERE t.value = :to) THEN 'taken'
        ELSE 'good'
    END AS target,
    p.times_without AS times_without,
    p.times_changed AS times_changed,
    (SELECT json_group_array(value) FROM (
        SELECT value FROM json_each(p.counted_times) UNION ALL SELECT p.found_at
        ORDER BY value)) AS times_counted,
    p.times AS times_planned,
    min(p.used + 1, p.visits) AS used_now,
    CASE WHEN p.pending > 0 AND substr(p.found_at, 1, 10) < :today THEN p.left
        ELSE max(p.left - 1, 0) END AS left_now,
    min(max(p.visits - p.used, 0), p.left + (p.pending > 0)) AS left_back,
    p.first_now AS first_now,
    date(p.first_now, '-1 day') || p.hour AS last_call_now,

    -- Money in hundredths; the fee in ten-thousandths. Adding one half before dividing rounds half
    -- up. At most 2 * 10^11 * 999 * 10^4, which 64 bits hold: the fields of the book see to it.
    (2 * p.price * p.left + p.visits) / (2 * p.visits) AS worth,
    (2 * p.price * p.left + p.visits) / (2 * p.visits)
        - (2 * p.price * p.left * (10000 - :cancellation_fee) + p.visits * 10000)
        / (2 * p.visits * 10000) AS fee,
    (2 * p.price * p.left * (10000 - :cancellation_fee) + p.visits * 10000)
        / (2 * p.visits * 10000) AS refund,

    -- The open task.
    CASE
        WHEN p.task_kind IS NULL THEN 'none'
        WHEN p.task_kind IN ('call-again', 'payment-check', 'visit-call') THEN p.task_kind
        ELSE 'other'
    END AS task,
    coalesce(p.task_due, p.opened) AS task_due,
    coalesce(
        p.task_due,
        CASE WHEN p.status IN ('active', 'expired') THEN
            CASE WHEN p.missed_calls = 0 THEN p.first_day ELSE p.second_day END || p.hour
        END,
        :today
    ) AS call_due,
    EXISTS (SELECT 1 FROM json_each(p.counted_times) c
        WHERE substr(c.value, 1, 10) = :today) AS counted_today,
    (SELECT max(c.value) FROM json_each(p.counted_times) c
        WHERE substr(c.value, 1, 10) = :today) AS counted_at,
    CASE
        WHEN p.status IN ('waiting-on-customer', 'last-chance') THEN p.last_day_on
        WHEN p.status IN ('not-paid', 'final-try') THEN substr(p.task_due, 1, 10)
        WHEN :today <= p.expires_on THEN date(p.expires_on, '+1 day')
        WHEN p.missed_calls = 0 THEN p.first_day
        ELSE max(p.second_day, coalesce(substr(p.task_due, 1, 10), ''))
    END AS until
FROM (
    -- What its status comes to.
    SELECT
        g.*,
        CASE
            WHEN g.status IN ('not-paid', 'waiting-on-customer', 'last-chance', 'final-try') THEN 'unpaid'
            WHEN g.status IN ('active', 'expired') THEN 'running'
            WHEN g.status = 'follow-up' THEN 'follow-up'
            WHEN g.result = 'no-answer' AND g.paid_on IS NOT NULL AND g.switched_off_on IS NULL
                AND :today > g.expires_on
            THEN iif(:today <= g.grace_end, 'resting', 'lapsed')
            ELSE 'closed'
        END AS stands,
        coalesce(
            g.paid_on IS NULL AND g.status <> 'closed'
            AND g.collect_at < iif(length(g.collect_at) > 10, :now, :today), 0
        ) AS collection_over
    FROM (
    -- What follows from the planned visits and the one in question. A planned visit whose day has
    -- passed counts as used.
    SELECT
        d.*,
        max(coalesce(d.visits, 0) - coalesce(d.used, 0) - d.pending, 0) AS left,
        date(d.expires_on, '+' || :grace_days || ' days') AS grace_end,
        date(d.expires_on, '+' || (:expiry_call_days ->> '$[0]') || ' days') AS first_day,
        date(d.expires_on, '+' || (:expiry_call_days ->> '$[1]') || ' days') AS second_day,
        date(d.expires_on, '+' || (:expiry_call_days ->> '$[2]') || ' days') AS third_day,
        (SELECT json_group_array(t.value) FROM json_each(d.times) t
            WHERE t.value IS NOT d.found_at) AS times_without,
        (SELECT json_group_array(value) FROM (
            SELECT t.value AS value FROM json_each(d.times) t WHERE t.value IS NOT d.found_at
            UNION ALL SELECT :to WHERE :to IS NOT NULL
            ORDER BY value)) AS times_changed,
        CASE WHEN d.paid_on IS NULL
            AND d.status IN ('not-paid', 'waiting-on-customer', 'last-chance')
            AND (d.found_at = d.first_visit OR :to < d.first_visit)
        THEN (SELECT min(value) FROM (
            SELECT t.value AS value FROM json_each(d.times) t
            WHERE t.value IS NOT d.found_at AND substr(t.value, 1, 10) >= :today
            UNION ALL SELECT :to WHERE :to IS NOT NULL)) END AS first_now
    FROM (
        -- The visit in question, and the dates of the package.
        SELECT
            b.*,
            (SELECT count(*) FROM json_each(b.times) t
                WHERE substr(t.value, 1, 10) < :today AND t.value >= b.runs_from
                AND t.value IS NOT b.used_first) AS pending,
            (SELECT min(t.value) FROM json_each(b.times) t
                WHERE substr(t.value, 1, 10) < :today AND t.value >= b.runs_from
                AND t.value IS NOT b.used_first) AS passed_visit,
            (SELECT count(DISTINCT t.value) FROM json_each(b.times) t
                WHERE substr(t.value, 1, length(:visit_date)) = :visit_date) AS found,
            (SELECT min(t.value) FROM json_each(b.times) t
                WHERE substr(t.value, 1, length(:visit_date)) = :visit_date) AS found_at,
            (SELECT max(c.value) FROM json_each(b.counted_times) c
                WHERE substr(c.value, 1, length(:visit_date)) = :visit_date) AS done_at,
            coalesce(b.expires, min(
                date(b.start_on, '+' || :validity_months || ' months'),
                date(b.start_on, 'start of month', '+' || (:validity_months + 1) || ' months', '-1 day')
            )) AS expires_on
        FROM (
            SELECT
                ticket.*,
                coalesce(ticket.starts, date(ticket.first_visit)) AS start_on,
                date(ticket.first_visit, '-1 day') AS last_day_on,
                -- Visits planned before the payment did not take place.
                coalesce(ticket.paid_on, iif(ticket.status IN ('active', 'expired'), '', '9999'))
                    AS runs_from,
                -- Of visits that were used before the ticket came here, the first one is known.
                CASE WHEN ticket.used > json_array_length(coalesce(ticket.counted_times, '[]'))
                    THEN ticket.first_visit END AS used_first,
                CASE :chase_hour WHEN '' THEN '' ELSE 'T' || :chase_hour END AS hour,
                coalesce(
                    ticket.visit_times,
                    CASE WHEN ticket.first_visit IS NOT NULL THEN json_array(ticket.first_visit) END,
                    '[]'
                ) AS times,
                task.due AS task_due,
                task.kind AS task_kind
            FROM ticket LEFT JOIN task ON task.id = (
                SELECT t.id FROM task AS t WHERE t.ticket = ticket.id ORDER BY t.due, t.id LIMIT 1
            )
        ) AS b
    ) AS d
) AS g
) AS p
