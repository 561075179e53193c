create table own_series (
    id          bigint generated always as identity primary key,
    service     text not null references service (name),
    source      text not null check (source in ('PROMETHEUS', 'PUSHED')),
    text        text not null,
    answered_at timestamptz,
    failed_at   timestamptz,
    error       text
);
comment on table own_series is 'Series of the teams'' own that stop conditions look at: Prometheus queries, and names that samples are pushed under.';
comment on column own_series.error is 'Of the last question, where it failed; null after an answer.';
create unique index own_series_once on own_series (service, source, md5(text));

create table own_sample (
    series     bigint not null references own_series (id),
    revision   integer not null,
    at         timestamptz not null,
    seconds    double precision not null,
    value      double precision not null,
    arrived_at timestamptz not null default slipway_now(),
    primary key (series, revision, at)
);
comment on table own_sample is 'Values as their source gave them, also those that are no numbers. The first of two for one time counts.';
create index own_sample_age on own_sample (at);
