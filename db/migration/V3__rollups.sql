create table metric_minute (
    service             text not null,
    revision            integer not null,
    arm                 text not null,
    start               timestamptz not null,
    requests            bigint not null,
    errors              bigint not null,
    latency_bucket      integer[] not null,
    latency_count       bigint[] not null,
    cpu_seconds         double precision not null,
    memory_byte_seconds double precision not null,
    replicas            integer not null,
    warming_up          boolean not null,
    primary key (service, revision, arm, start)
) partition by range (start);
comment on table metric_minute is 'Windows of all hosts summed up to minutes. One partition a day, dropped whole.';
comment on column metric_minute.replicas is 'At the window of the minute that had most.';
comment on column metric_minute.warming_up is 'A window of it was.';

create table metric_five_minutes (
    like metric_minute including all
) partition by range (start);
comment on table metric_five_minutes is 'The same for five minutes. Kept for longer.';

create table rollup (
    name  text primary key,
    up_to timestamptz not null
);
comment on table rollup is 'How far the windows are summed up; what comes later than that stays out of the sums.';

create function slipway_rollup_day(of text, day date) returns void language plpgsql as $$
begin
    execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
        of || '_' || to_char(day, 'YYYYMMDD'), of, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
exception when duplicate_table then null; -- another session was quicker
end $$;
comment on function slipway_rollup_day(text, date) is 'Makes the partition of a day (UTC) of a table of sums unless it is there.';
