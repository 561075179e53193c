alter table own_series add column newest timestamptz;
comment on column own_series.newest is 'Start of the newest value that was ever kept.';
update own_series o set newest = (select max(at) from own_sample s where s.series = o.id);
