alter table metric_window add column egress_bytes bigint;
alter table metric_minute add column egress_bytes bigint;
alter table metric_five_minutes add column egress_bytes bigint;
comment on column metric_window.egress_bytes is 'That left the host; null where nobody counted.';
