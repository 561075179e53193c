create table frozen_comparison (
    rollout   text primary key references rollout (id),
    windows   integer not null,
    whole     boolean not null,
    prices    jsonb not null,
    judge     text not null,
    frozen_at timestamptz not null default slipway_now()
);
comment on table frozen_comparison is 'What a revert was judged by, kept for good, so that it can be judged again.';
comment on column frozen_comparison.windows is 'How many there were, up to one more than are kept.';
comment on column frozen_comparison.whole is 'False where there were too many to keep: then none is.';
comment on column frozen_comparison.prices is 'The price list at that time.';
comment on column frozen_comparison.judge is 'Version of the judge at that time.';

create table frozen_window (
    rollout text not null references rollout (id),
    like metric_window including comments,
    primary key (rollout, service, revision, arm, host, start)
);
comment on table frozen_window is 'Windows of frozen comparisons.';
