alter table metric_window add column crashes integer not null default 0;
alter table metric_window add column oom_kills integer not null default 0;
alter table metric_minute add column crashes integer not null default 0;
alter table metric_minute add column oom_kills integer not null default 0;
alter table metric_five_minutes add column crashes integer not null default 0;
alter table metric_five_minutes add column oom_kills integer not null default 0;
comment on column metric_window.crashes is 'Ends of its replicas that nobody asked for.';
comment on column metric_window.oom_kills is 'Those of them that the kernel''s OOM killer made.';
