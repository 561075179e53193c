-- Time. Every deadline is judged by the database's clock, through this function; a test may replace it by a clock of its own.
create function slipway_now() returns timestamptz language sql volatile as 'select clock_timestamp()';
comment on function slipway_now() is 'The one clock that deadlines, leases and wake-ups are judged by.';

-- Services and their revisions --------------------------------------------------------------------------------------------------

create table service (
    name            text primary key,
    owner           text not null,
    stable_revision integer,
    last_revision   integer not null default 0,
    version         bigint not null default 0,
    held_code       text,
    held_text       text,
    held_at         timestamptz
);
comment on table service is 'A named, long-lived application.';
comment on column service.owner is 'Of the last release.';
comment on column service.stable_revision is 'What a revert goes back to; null until the first release is promoted.';
comment on column service.last_revision is 'Highest number ever given; numbers are never used again.';
comment on column service.version is 'Rises with each decision about the service itself, such as unhold.';
comment on column service.held_code is 'Not null while further releases are refused.';

create table route_claim (
    host    text not null,
    path    text not null,
    service text not null references service (name),
    primary key (host, path)
);
comment on table route_claim is 'Which service may route a host name and path: one, or every edge would have to guess. Kept while the service has a stable revision or an active rollout.';

create table revision (
    service    text not null references service (name),
    number     integer not null check (number >= 1),
    image      text not null,
    digest     text,
    spec       jsonb not null,
    created_at timestamptz not null,
    created_by text not null,
    primary key (service, number)
);
comment on table revision is 'An immutable version of a service. Only the digest is filled in later, once.';
comment on column revision.digest is 'What the image reference was when it was first resolved.';

create function slipway_revision_is_immutable() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.digest is not null
        or (new.service, new.number, new.image, new.spec, new.created_at, new.created_by)
            is distinct from (old.service, old.number, old.image, old.spec, old.created_at, old.created_by) then
        raise exception 'revision % r% is immutable', old.service, old.number;
    end if;
    return new;
end $$;
create trigger revision_is_immutable before update or delete on revision for each row execute function slipway_revision_is_immutable();

-- Leadership -------------------------------------------------------------------------------------------------------------------

create table lease (
    name       text primary key,
    holder     text not null,
    epoch      bigint not null,
    held_until timestamptz not null
);
comment on table lease is 'Who leads. Every write of a leader asserts its epoch in the same transaction, under a share lock on this row.';
comment on column lease.epoch is 'Rises by one with each taking; never falls.';

-- Releases and rollouts --------------------------------------------------------------------------------------------------------

create table release (
    id         text primary key,
    service    text not null,
    revision   integer not null,
    spec       jsonb not null,
    created_at timestamptz not null,
    created_by text not null,
    foreign key (service, revision) references revision (service, number)
);
comment on table release is 'One request to move a service to a revision, as it was expanded and stored before anything began.';

create table rollout (
    id              text primary key,
    release         text not null references release (id),
    service         text not null references service (name),
    revision        integer not null,
    stable          integer,
    owner           text not null,
    spec            jsonb not null,
    version         bigint not null,
    label           text not null,
    over            boolean not null default false,
    state           jsonb not null,
    reason_code     text not null,
    reason_text     text not null,
    waiting_for     text,
    wake_at         timestamptz,
    epoch           bigint not null,
    fleet           jsonb,
    verdict         jsonb,
    compared_since  timestamptz,
    looked_at       timestamptz,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    foreign key (service, revision) references revision (service, number)
);
comment on table rollout is 'The execution of a release: one row, replaced with each decision.';
comment on column rollout.version is 'Rises by one with each decision.';
comment on column rollout.label is 'Public name of the state (queued, checking, rolling, ...).';
comment on column rollout.state is 'The machine''s whole state; a restarted controller goes on from it.';
comment on column rollout.over is 'Nothing can happen to it any more; an unproven one still waits for its owner.';
comment on column rollout.waiting_for is 'What would move it on, in words.';
comment on column rollout.wake_at is 'When the machine asked to be woken.';
comment on column rollout.epoch is 'Of the leader that wrote the row last; 0 for a person''s request.';
comment on column rollout.fleet is 'The fleet view of the last FleetChanged event; null when the target has changed since.';
comment on column rollout.verdict is 'The judge''s last look.';
comment on column rollout.compared_since is 'Windows from here on are compared.';
create unique index rollout_one_active_per_service on rollout (service) where not over and label <> 'queued';
create unique index rollout_one_queued_per_service on rollout (service) where label = 'queued';
create index rollout_due on rollout (wake_at) where not over;
create index rollout_newest on rollout (service, created_at desc);

create table rollout_event (
    id               bigint generated always as identity primary key,
    rollout          text not null references rollout (id),
    kind             text not null,
    payload          jsonb not null,
    at               timestamptz not null,
    consumed_version bigint
);
comment on table rollout_event is 'What happened to a rollout, stored before it is decided upon. Append-only.';
comment on column rollout_event.consumed_version is 'The rollout''s version after this event was decided upon; 0: overtaken by a newer one.';
create index rollout_event_pending on rollout_event (rollout, id) where consumed_version is null;
create index rollout_event_of_rollout on rollout_event (rollout, id);

create function slipway_event_is_append_only() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.consumed_version is not null
        or (new.id, new.rollout, new.kind, new.payload, new.at) is distinct from (old.id, old.rollout, old.kind, old.payload, old.at) then
        raise exception 'event % of rollout % is append-only', old.id, old.rollout;
    end if;
    return new;
end $$;
create trigger rollout_event_is_append_only before update or delete on rollout_event
    for each row execute function slipway_event_is_append_only();

create table decision (
    sequence      bigint primary key check (sequence >= 1),
    rollout       text references rollout (id),
    service       text not null references service (name),
    version       bigint not null,
    kind          text not null,
    by            text not null,
    from_state    text not null,
    to_state      text not null,
    reason_code   text not null,
    reason_text   text not null,
    evidence      text not null,
    at            timestamptz not null,
    previous_hash text not null,
    hash          text not null unique
);
comment on table decision is 'What was decided, by whom, why, on which evidence. Append-only; each hash covers the one before.';
comment on column decision.sequence is 'Position in the chain, without gaps; writers take turns by an advisory lock.';
comment on column decision.evidence is 'Canonical JSON as text: hashed byte by byte.';
create unique index decision_of_rollout on decision (rollout, version) where rollout is not null;
create unique index decision_of_service on decision (service, version) where rollout is null;

create function slipway_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'table % is append-only: % refused', tg_table_name, tg_op;
end $$;
create trigger decision_is_append_only before update or delete on decision for each row execute function slipway_refuse_change();
create trigger decision_is_never_emptied before truncate on decision execute function slipway_refuse_change();

create table effect (
    id         bigint generated always as identity primary key,
    rollout    text not null references rollout (id),
    version    bigint not null,
    kind       text not null,
    payload    jsonb not null,
    epoch      bigint not null,
    attempts   integer not null default 0,
    next_at    timestamptz not null,
    done_at    timestamptz,
    last_error text
);
comment on table effect is 'Outbox: what is to be done because of a decision, committed with it. Done at least once; each effect is idempotent.';
create index effect_pending on effect (next_at) where done_at is null;

-- The fleet --------------------------------------------------------------------------------------------------------------------

create table target (
    service text primary key references service (name),
    rollout text not null references rollout (id),
    arms    jsonb not null,
    version bigint not null,
    at      timestamptz not null
);
comment on table target is 'What a service should run and how its traffic is split. Hosts are converged to this row, not to messages.';
comment on column target.version is 'Rises with each change.';

create table host (
    name          text primary key,
    boot_id       text not null,
    report        jsonb not null,
    seen_at       timestamptz not null,
    applied       bigint not null,
    generation    bigint not null default 0,
    assignment    jsonb,
    routes        jsonb
);
comment on table host is 'A host, its last report, and what it was last told.';
comment on column host.report is 'Without metric windows; those are rows of metric_window.';
comment on column host.applied is 'Generation that the host has confirmed, routes included.';
comment on column host.generation is 'Of assignment and routes.';

create table host_route (
    host       text not null references host (name),
    service    text not null references service (name),
    route      jsonb not null,
    generation bigint not null,
    primary key (host, service)
);
comment on table host_route is 'What a host''s edge was last told of one service, and since which generation: confirmed when the host applied it.';

create table allocation (
    id         text primary key,
    service    text not null references service (name),
    revision   integer not null,
    arm        text not null,
    host       text not null references host (name),
    process    text not null,
    body       jsonb not null,
    stage      text not null check (stage in ('wanted', 'leaving', 'gone')),
    created_at timestamptz not null,
    left_at    timestamptz
);
comment on table allocation is 'One replica placed on one host.';
comment on column allocation.stage is 'leaving: out of the routes, still on its host until every edge has confirmed that; gone: out of the assignment, too.';
create index allocation_present on allocation (service) where stage <> 'gone';

create table allocation_status (
    allocation text primary key references allocation (id),
    body       jsonb not null,
    state      text not null,
    at         timestamptz not null
);
comment on table allocation_status is 'What its host last said of a replica.';

-- Measurements -----------------------------------------------------------------------------------------------------------------

create table metric_window (
    service             text not null,
    revision            integer not null,
    arm                 text not null,
    host                text not null,
    start               timestamptz not null,
    seconds             double precision not null,
    requests            bigint not null,
    errors              bigint not null,
    latency_bucket      integer[] not null,
    latency_count       bigint[] not null,
    cpu_seconds         double precision not null,
    memory_byte_seconds double precision not null,
    replicas            integer not null,
    warming_up          boolean not null,
    primary key (service, revision, arm, host, start)
) partition by range (start);
comment on table metric_window is 'Counts of one arm on one host over one window. One partition a day, dropped whole.';
comment on column metric_window.latency_bucket is 'Buckets of LatencyHistogram that are not empty, rising; counts in latency_count.';

create function slipway_window_day(day date) returns void language plpgsql as $$
begin
    execute format('create table if not exists metric_window_%s partition of metric_window for values from (%L) to (%L)',
        to_char(day, 'YYYYMMDD'), day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
exception when duplicate_table then null; -- another session was quicker
end $$;
comment on function slipway_window_day(date) is 'Makes the partition of a day (UTC) unless it is there.';

-- Access -----------------------------------------------------------------------------------------------------------------------

create table token (
    id           text primary key,
    name         text not null,
    sha256       text not null unique,
    admin        boolean not null,
    scopes       text[] not null,
    created_at   timestamptz not null,
    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz
);
comment on table token is 'Bearer tokens: only their SHA-256 is kept.';

create table idempotency_key (
    actor          text not null,
    key            text not null,
    request_sha256 text not null,
    created_at     timestamptz not null,
    status         integer,
    headers        jsonb,
    body           bytea,
    primary key (actor, key)
);
comment on table idempotency_key is 'A repeated request gets the saved answer. Kept for 24 hours.';
comment on column idempotency_key.status is 'Null while the first request is in flight.';

-- Outbound ---------------------------------------------------------------------------------------------------------------------

create table webhook (
    id         text primary key,
    url        text not null,
    secret     text not null,
    kinds      text[] not null,
    created_at timestamptz not null,
    created_by text not null,
    deleted_at timestamptz
);
comment on table webhook is 'Where to send signed messages (Standard Webhooks).';
comment on column webhook.secret is 'Base64 of the signing key.';
comment on column webhook.kinds is 'Message types; empty means all.';

create table webhook_delivery (
    id           text primary key,
    webhook      text not null references webhook (id),
    kind         text not null,
    payload      text not null,
    created_at   timestamptz not null,
    attempts     integer not null default 0,
    next_at      timestamptz,
    delivered_at timestamptz,
    dead_at      timestamptz,
    last_status  integer,
    last_error   text
);
comment on table webhook_delivery is 'One message for one webhook; its id is the webhook-id header, the same in each attempt.';
comment on column webhook_delivery.payload is 'As text: signed byte by byte.';
comment on column webhook_delivery.dead_at is 'When it was given up; kept to be seen and sent again by hand.';
create index webhook_delivery_pending on webhook_delivery (next_at) where next_at is not null;

-- Documents --------------------------------------------------------------------------------------------------------------------

create table runbook_entry (
    slug     text not null,
    version  integer not null check (version >= 1),
    rollout  text references rollout (id),
    title    text not null,
    markdown text not null,
    json     text not null,
    at       timestamptz not null,
    primary key (slug, version)
);
comment on table runbook_entry is 'A decision or procedure as a versioned document.';
create index runbook_entry_of_rollout on runbook_entry (rollout);
create trigger runbook_entry_is_append_only before update or delete on runbook_entry
    for each row execute function slipway_refuse_change();
