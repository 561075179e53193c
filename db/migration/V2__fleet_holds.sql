create table fleet_hold (
    since    timestamptz primary key,
    services text[] not null,
    ended    timestamptz
);
comment on table fleet_hold is 'Times in which automatic reverts were held for all services, since several got into trouble at once.';
comment on column fleet_hold.services is 'In trouble when it began.';
create unique index fleet_hold_one_at_a_time on fleet_hold ((true)) where ended is null;
create index rollout_looked on rollout (looked_at);
