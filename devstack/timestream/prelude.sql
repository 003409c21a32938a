-- Macros for the functions that have another meaning in DuckDB than in Timestream. Installed once per database.
-- Timestamps are TIMESTAMP_NS; intervals and times of day are BIGINT (nanoseconds, or months); a time
-- series is a list of structs (f0 time, f1 value), in the order of time.

-- Numbers --------------------------------------------------------------------------------------------

-- NaN is not equal to, less than or greater than any number; in DuckDB it is the greatest number.
CREATE OR REPLACE MACRO ts_unordered(a, b) AS
    a IS NOT NULL AND b IS NOT NULL AND (isnan(a) OR isnan(b));
CREATE OR REPLACE MACRO ts_eq(a, b) AS CASE WHEN ts_unordered(a, b) THEN false ELSE a = b END;
CREATE OR REPLACE MACRO ts_ne(a, b) AS CASE WHEN ts_unordered(a, b) THEN true ELSE a <> b END;
CREATE OR REPLACE MACRO ts_lt(a, b) AS CASE WHEN ts_unordered(a, b) THEN false ELSE a < b END;
CREATE OR REPLACE MACRO ts_le(a, b) AS CASE WHEN ts_unordered(a, b) THEN false ELSE a <= b END;
CREATE OR REPLACE MACRO ts_gt(a, b) AS CASE WHEN ts_unordered(a, b) THEN false ELSE a > b END;
CREATE OR REPLACE MACRO ts_ge(a, b) AS CASE WHEN ts_unordered(a, b) THEN false ELSE a >= b END;

-- Outside their domains these are NaN or infinite, as in Java; DuckDB's own raise an error.
CREATE OR REPLACE MACRO ts_log(x, result) AS
    CASE WHEN x = 0 THEN '-Infinity'::DOUBLE WHEN x < 0 THEN 'NaN'::DOUBLE ELSE result END;
CREATE OR REPLACE MACRO ts_ln(x) AS ts_log(x, ln(CASE WHEN x > 0 THEN x END));
CREATE OR REPLACE MACRO ts_log2(x) AS ts_log(x, log2(CASE WHEN x > 0 THEN x END));
CREATE OR REPLACE MACRO ts_log10(x) AS ts_log(x, log10(CASE WHEN x > 0 THEN x END));
CREATE OR REPLACE MACRO ts_sqrt(x) AS CASE WHEN x < 0 THEN 'NaN'::DOUBLE ELSE sqrt(abs(x)) END;
CREATE OR REPLACE MACRO ts_acos(x) AS
    CASE WHEN abs(x) > 1 THEN 'NaN'::DOUBLE ELSE acos(CASE WHEN abs(x) <= 1 THEN x END) END;
CREATE OR REPLACE MACRO ts_asin(x) AS
    CASE WHEN abs(x) > 1 THEN 'NaN'::DOUBLE ELSE asin(CASE WHEN abs(x) <= 1 THEN x END) END;
CREATE OR REPLACE MACRO ts_sign(x) AS CASE WHEN isnan(x) THEN x WHEN x > 0 THEN 1 WHEN x < 0 THEN -1 ELSE x END;
-- The skewness of a population, as in Trino; DuckDB's own is that of a sample.
CREATE OR REPLACE MACRO ts_skewness(sampled, n) AS sampled * (n - 2) / sqrt(n * (n - 1.0));
CREATE OR REPLACE MACRO ts_to_base(x, radix) AS
    CASE WHEN x < 0 THEN '-' ELSE '' END || lower(to_base(abs(x), radix::INTEGER));
CREATE OR REPLACE MACRO ts_digit(c, radix) AS
    CASE WHEN strpos('0123456789abcdefghijklmnopqrstuvwxyz', c) BETWEEN 1 AND radix
    THEN strpos('0123456789abcdefghijklmnopqrstuvwxyz', c) - 1
    ELSE error('Not a valid base-' || radix || ' number') END::BIGINT;
CREATE OR REPLACE MACRO ts_from_base(x, radix) AS
    CASE WHEN x LIKE '-%' THEN -1 ELSE 1 END::BIGINT * list_reduce(
        list_transform(string_split(ltrim(lower(x), '-+'), ''), lambda c: ts_digit(c, radix)),
        lambda value, digit: value * radix::BIGINT + digit, 0::BIGINT);
CREATE OR REPLACE MACRO ts_bit_count(x, bits) AS
    CASE WHEN bits NOT BETWEEN 2 AND 64 THEN error('Bits specified in bit_count must be between 2 and 64')
    WHEN bits < 64 AND x NOT BETWEEN -(1::HUGEINT << (bits - 1)::HUGEINT) AND (1::HUGEINT << (bits - 1)::HUGEINT) - 1
    THEN error('Number must be representable with the bits specified. ' || x
        || ' can not be represented with ' || bits || ' bits')
    WHEN bits < 64 THEN bit_count((x & ((1::BIGINT << bits::BIGINT) - 1))::BIGINT)
    ELSE bit_count(x) END::BIGINT;

-- Java's Double.toString: digits and exponent, each from DuckDB's shortest form of the number.
CREATE OR REPLACE MACRO ts_digits(text) AS
    coalesce(nullif(rtrim(ltrim(regexp_replace(text, '[-.]|e.*', '', 'g'), '0'), '0'), ''), '0');
CREATE OR REPLACE MACRO ts_exponent(text) AS
    CASE WHEN contains(text, 'e') THEN regexp_extract(text, 'e(.*)', 1)::BIGINT ELSE 0 END
    + CASE WHEN text LIKE '-0.%' OR text LIKE '0.%'
        THEN -1 - length(regexp_extract(text, '^-?0\.(0*)', 1))
        ELSE length(regexp_extract(text, '^-?([0-9]+)', 1)) - 1 END;
CREATE OR REPLACE MACRO ts_double_text(x) AS
    CASE WHEN isnan(x) THEN 'NaN' WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END
    WHEN x = 0 OR (abs(x) >= 1e-3 AND abs(x) < 1e7) THEN x::VARCHAR
    ELSE CASE WHEN x < 0 THEN '-' ELSE '' END || ts_digits(x::VARCHAR)[1] || '.'
        || coalesce(nullif(ts_digits(x::VARCHAR)[2:], ''), '0') || 'E' || ts_exponent(x::VARCHAR) END;

-- Text -----------------------------------------------------------------------------------------------

CREATE OR REPLACE MACRO ts_substr(x, first) AS
    CASE WHEN first = 0 OR abs(first) > length(x) THEN ''
    ELSE substr(x, CASE WHEN first > 0 THEN first ELSE length(x) + first + 1 END) END;
CREATE OR REPLACE MACRO ts_split_part(x, delimiter, i) AS
    CASE WHEN i < 1 THEN error('Index must be greater than zero') ELSE string_split(x, delimiter)[i] END;
-- DuckDB's own does not take a delimiter from a column.
CREATE OR REPLACE MACRO ts_join(texts, delimiter) AS
    CASE WHEN texts IS NOT NULL
    THEN coalesce(list_reduce(texts[2:], lambda a, b: a || delimiter || b, texts[1]), '') END;
CREATE OR REPLACE MACRO ts_split(x, delimiter, most) AS
    CASE WHEN most < 1 THEN error('Limit must be positive')
    WHEN len(string_split(x, delimiter)) <= most THEN string_split(x, delimiter)
    ELSE list_append(string_split(x, delimiter)[:most - 1], ts_join(string_split(x, delimiter)[most:], delimiter)) END;
-- The position of the nth occurrence of y in x, from the left; 0 if there is none.
CREATE OR REPLACE MACRO ts_strpos(x, y, n) AS
    CASE WHEN n < 1 THEN error('''instance'' must be a positive number.')
    ELSE coalesce(list_filter(range(1, length(x) + 1), lambda i: substr(x, i, length(y)) = y)[n], 0) END::BIGINT;
CREATE OR REPLACE MACRO ts_strrpos(x, y, n) AS
    CASE WHEN n < 1 THEN error('''instance'' must be a positive number.')
    ELSE coalesce(list_reverse(list_filter(range(1, length(x) + 1), lambda i: substr(x, i, length(y)) = y))[n], 0)
    END::BIGINT;
CREATE OR REPLACE MACRO ts_regexp_extract(x, pattern, i) AS
    CASE WHEN regexp_matches(x, pattern) THEN regexp_extract(x, pattern, i::INTEGER) END;
CREATE OR REPLACE MACRO ts_regexp_extract_all(x, pattern, i) AS regexp_extract_all(x, pattern, i::INTEGER);
-- Java writes groups as $1 and a dollar as \$; RE2 writes them as \1 and $.
CREATE OR REPLACE MACRO ts_replacement(text) AS
    replace(regexp_replace(replace(text, '\$', chr(1)), '\$(\d)', '\\\1', 'g'), chr(1), '$');

-- Time -----------------------------------------------------------------------------------------------

-- DuckDB rounds a TIMESTAMP_NS to the nearest microsecond before it takes its day or year, so that the last
-- nanoseconds of a year would be in the next year. ts_micros rounds down instead.
CREATE OR REPLACE MACRO ts_modulo(n, size) AS (n % size + size) % size;
CREATE OR REPLACE MACRO ts_micros(t) AS make_timestamp((epoch_ns(t) - ts_modulo(epoch_ns(t), 1000)) // 1000);
CREATE OR REPLACE MACRO ts_date(t) AS ts_micros(t)::DATE;
CREATE OR REPLACE MACRO ts_time_of_day(t) AS ts_modulo(epoch_ns(t), 86400000000000);
CREATE OR REPLACE MACRO ts_floor(t, size) AS make_timestamp_ns(epoch_ns(t) - ts_modulo(epoch_ns(t), size));
-- 1970 began on a Thursday, so weeks are shifted by three days to begin on a Monday.
CREATE OR REPLACE MACRO ts_monday(t) AS
    make_timestamp_ns(epoch_ns(t) - ts_modulo(epoch_ns(t) + 259200000000000, 604800000000000));

-- A month later: the same day, or the month's last. DuckDB's own rounds to microseconds.
CREATE OR REPLACE MACRO ts_plus_months(t, months) AS
    make_timestamp_ns(epoch_ns(ts_date(t) + to_months(months::INTEGER)) + ts_time_of_day(t));
-- Whole months from one moment to another, towards zero.
CREATE OR REPLACE MACRO ts_whole_months(a, b) AS
    datediff('month', ts_micros(a), ts_micros(b))
    - CASE WHEN ts_plus_months(a, datediff('month', ts_micros(a), ts_micros(b))) > b THEN 1 ELSE 0 END;
CREATE OR REPLACE MACRO ts_months_between(a, b) AS
    CASE WHEN a <= b THEN ts_whole_months(a, b) ELSE -ts_whole_months(b, a) END;
CREATE OR REPLACE MACRO ts_date_plus_days(d, nanoseconds) AS
    CASE WHEN nanoseconds % 86400000000000 = 0 THEN d + (nanoseconds // 86400000000000)::INTEGER
    ELSE error('Cannot add hour, minutes or seconds to a date') END;
CREATE OR REPLACE MACRO ts_date_plus_months(d, months) AS (d + to_months(months::INTEGER))::DATE;
-- Times of day start again at midnight.
CREATE OR REPLACE MACRO ts_time_plus(t, nanoseconds) AS
    ts_modulo(t + nanoseconds, 86400000000000);
CREATE OR REPLACE MACRO ts_clock_text(n) AS
    lpad((n // 3600000000000)::VARCHAR, 2, '0') || ':' || lpad((n // 60000000000 % 60)::VARCHAR, 2, '0') || ':'
    || lpad((n // 1000000000 % 60)::VARCHAR, 2, '0') || '.' || lpad((n % 1000000000)::VARCHAR, 9, '0');
CREATE OR REPLACE MACRO ts_duration_text(n) AS
    CASE WHEN n < 0 THEN '-' ELSE '' END || (abs(n) // 86400000000000) || ' ' || ts_clock_text(abs(n) % 86400000000000);
CREATE OR REPLACE MACRO ts_timestamp_text(t) AS
    strftime(t, '%Y-%m-%d %H:%M:%S') || '.' || lpad(ts_modulo(epoch_ns(t), 1000000000)::VARCHAR, 9, '0');
CREATE OR REPLACE MACRO ts_months_text(n) AS
    CASE WHEN n < 0 THEN '-' ELSE '' END || (abs(n) // 12) || '-' || (abs(n) % 12);
CREATE OR REPLACE MACRO ts_offset(text) AS
    CASE WHEN regexp_matches(text, 'T.*[+-]\d\d(:?\d\d)?$') THEN
        CASE WHEN regexp_matches(text, 'T.*\+') THEN 1 ELSE -1 END
        * (regexp_extract(text, 'T.*[+-](\d\d)(:?\d\d)?$', 1)::BIGINT * 3600000000000
        + coalesce(nullif(regexp_extract(text, 'T.*[+-]\d\d:?(\d\d)$', 1), ''), '0')::BIGINT * 60000000000)
    ELSE 0 END;
CREATE OR REPLACE MACRO ts_from_iso8601(text) AS
    make_timestamp_ns(epoch_ns(replace(regexp_replace(text, '(T.*?)(Z|[+-]\d\d(:?\d\d)?)$', '\1'), 'T', ' ')::TIMESTAMP_NS)
        - ts_offset(text));
CREATE OR REPLACE MACRO ts_unit(name) AS
    CASE WHEN name IN ('ns', 'nanosecond') THEN 1 WHEN name IN ('us', 'microsecond') THEN 1000
    WHEN name IN ('ms', 'millisecond') THEN 1000000 WHEN name IN ('s', 'second') THEN 1000000000
    WHEN name IN ('m', 'minute') THEN 60000000000 WHEN name IN ('h', 'hour') THEN 3600000000000
    WHEN name IN ('d', 'day') THEN 86400000000000 ELSE error('Invalid duration unit') END::BIGINT;
CREATE OR REPLACE MACRO ts_parse_duration(text) AS
    (regexp_extract(text, '^\s*([0-9.]+)', 1)::DECIMAL(28, 9) * ts_unit(lower(regexp_extract(text, '([A-Za-z]+)\s*$', 1))))::BIGINT;

-- Arrays ---------------------------------------------------------------------------------------------

CREATE OR REPLACE MACRO ts_at(list, i) AS
    CASE WHEN i < 1 THEN error('SQL array indices start at 1')
    WHEN i > len(list) THEN error('Array subscript must be less than or equal to array length: ' || i || ' > ' || len(list))
    ELSE list[i] END;
CREATE OR REPLACE MACRO ts_element_at(list, i) AS
    CASE WHEN i = 0 THEN error('SQL array indices start at 1') ELSE list[i] END;
CREATE OR REPLACE MACRO ts_distinct(list) AS
    list_filter(list, lambda e, i: NOT list_contains(list_transform(list[:i - 1], lambda o: o IS NOT DISTINCT FROM e), true));
CREATE OR REPLACE MACRO ts_holds(list, e) AS
    list_contains(list_transform(list, lambda o: o IS NOT DISTINCT FROM e), true);
CREATE OR REPLACE MACRO ts_intersect(a, b) AS ts_distinct(list_filter(a, lambda e: ts_holds(b, e)));
CREATE OR REPLACE MACRO ts_except(a, b) AS ts_distinct(list_filter(a, lambda e: NOT ts_holds(b, e)));
CREATE OR REPLACE MACRO ts_has_null(list) AS list_contains(list_transform(list, lambda e: e IS NULL), true);
CREATE OR REPLACE MACRO ts_overlap(a, b) AS
    CASE WHEN len(list_filter(a, lambda e: e IS NOT NULL AND ts_holds(b, e))) > 0 THEN true
    WHEN ts_has_null(a) OR ts_has_null(b) THEN NULL WHEN a IS NOT NULL AND b IS NOT NULL THEN false END;
CREATE OR REPLACE MACRO ts_slice(list, first, count) AS
    CASE WHEN first = 0 THEN error('SQL array indices start at 1')
    WHEN count < 0 THEN error('length must be greater than or equal to 0')
    WHEN abs(first) > len(list) OR count = 0 THEN list[1:0]
    ELSE list[CASE WHEN first > 0 THEN first ELSE len(list) + first + 1 END
        : CASE WHEN first > 0 THEN first ELSE len(list) + first + 1 END + count - 1] END;
CREATE OR REPLACE MACRO ts_sequence(first, last, step) AS
    CASE WHEN step = 0 THEN error('step must not be zero')
    WHEN sign(last - first) = -sign(step)
    THEN error('sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start')
    ELSE generate_series(first, last, step) END;
CREATE OR REPLACE MACRO ts_time_sequence(first, last, step) AS
    list_transform(ts_sequence(epoch_ns(first), epoch_ns(last), step), lambda n: make_timestamp_ns(n));
CREATE OR REPLACE MACRO ts_month_sequence(first, last, step) AS
    list_filter(list_transform(range(0, datediff('month', ts_micros(first), ts_micros(last)) // step + 1),
        lambda n: ts_plus_months(first, n * step)), lambda t: t <= last);

-- Time series ----------------------------------------------------------------------------------------

CREATE OR REPLACE MACRO ts_before(series, t) AS list_filter(series, lambda p: p.f0 <= t)[-1];
CREATE OR REPLACE MACRO ts_after(series, t) AS list_filter(series, lambda p: p.f0 >= t)[1];
CREATE OR REPLACE MACRO ts_between(a, b, t) AS
    CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN a.f0 = b.f0 THEN a.f1::DOUBLE
    ELSE a.f1 + (b.f1 - a.f1) * ((epoch_ns(t) - epoch_ns(a.f0)) / (epoch_ns(b.f0) - epoch_ns(a.f0))) END;
CREATE OR REPLACE MACRO ts_linear_at(series, t) AS ts_between(ts_before(series, t), ts_after(series, t), t);
CREATE OR REPLACE MACRO ts_locf_at(series, t) AS ts_before(series, t).f1;
CREATE OR REPLACE MACRO ts_fill_at(series, t, value) AS
    coalesce(list_filter(series, lambda p: p.f0 = t)[1].f1, value);
CREATE OR REPLACE MACRO ts_known(series) AS list_filter(series, lambda q: q.f1 IS NOT NULL);
CREATE OR REPLACE MACRO ts_linear(series, times) AS
    ts_known(list_transform(times, lambda t: struct_pack(f0 := t, f1 := ts_linear_at(series, t))));
CREATE OR REPLACE MACRO ts_locf(series, times) AS
    ts_known(list_transform(times, lambda t: struct_pack(f0 := t, f1 := ts_locf_at(series, t))));
CREATE OR REPLACE MACRO ts_fill(series, times, value) AS
    list_transform(times, lambda t: struct_pack(f0 := t, f1 := ts_fill_at(series, t, value)));
CREATE OR REPLACE MACRO ts_derivative(series, unit) AS
    list_transform(range(2, len(series) + 1), lambda i: struct_pack(f0 := series[i].f0,
        f1 := (series[i].f1 - series[i - 1].f1)::DOUBLE * unit / (epoch_ns(series[i].f0) - epoch_ns(series[i - 1].f0))));
CREATE OR REPLACE MACRO ts_growth(series, unit) AS
    list_filter(ts_derivative(series, unit), lambda q: q.f1 >= 0);
CREATE OR REPLACE MACRO ts_integral(series, unit) AS
    coalesce(list_sum(list_transform(range(2, len(series) + 1), lambda i: (series[i].f1 + series[i - 1].f1)::DOUBLE / 2
        * ((epoch_ns(series[i].f0) - epoch_ns(series[i - 1].f0)) / unit))), 0)::DOUBLE;
CREATE OR REPLACE MACRO ts_values(series) AS list_transform(series, lambda p: p.f1::DOUBLE);
CREATE OR REPLACE MACRO ts_deviations(xs) AS list_transform(xs, lambda x: x - list_avg(xs));
CREATE OR REPLACE MACRO ts_product(xs, ys) AS
    list_sum(list_transform(range(1, len(xs) + 1), lambda i: xs[i] * ys[i]));
CREATE OR REPLACE MACRO ts_correlation(xs, ys) AS
    ts_product(ts_deviations(xs), ts_deviations(ys))
    / sqrt(ts_product(ts_deviations(xs), ts_deviations(xs)) * ts_product(ts_deviations(ys), ts_deviations(ys)));
-- Equal values share the mean of their ranks.
CREATE OR REPLACE MACRO ts_ranks(xs) AS
    list_transform(xs, lambda x: len(list_filter(xs, lambda o: o < x)) + (len(list_filter(xs, lambda o: o = x)) + 1) / 2);
CREATE OR REPLACE MACRO ts_same_times(a, b) AS
    list_transform(a, lambda p: p.f0) = list_transform(b, lambda p: p.f0);
CREATE OR REPLACE MACRO ts_pearson(a, b) AS
    CASE WHEN ts_same_times(a, b) THEN ts_correlation(ts_values(a), ts_values(b))
    ELSE error('The time series must have the same timestamps') END;
CREATE OR REPLACE MACRO ts_spearman(a, b) AS
    CASE WHEN ts_same_times(a, b) THEN ts_correlation(ts_ranks(ts_values(a)), ts_ranks(ts_values(b)))
    ELSE error('The time series must have the same timestamps') END;
