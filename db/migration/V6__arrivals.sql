alter table metric_window add column arrived_at timestamptz;
alter table metric_window alter column arrived_at set default slipway_now();
comment on column metric_window.arrived_at is 'When it was stored, by which a restarted controller knows what a look had seen. Null in rows from before this column: as if in time.';
