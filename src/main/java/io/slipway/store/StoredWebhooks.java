package io.slipway.store;

import io.slipway.control.Actor;
import io.slipway.control.DeliveryQueue;
import io.slipway.control.Webhooks;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Webhooks and their deliveries in Postgres. */
public final class StoredWebhooks implements Webhooks, DeliveryQueue {
    private final JdbcClient jdbc;

    public StoredWebhooks(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Webhook create(String url, String secretBase64, List<String> kinds, Actor by) {
        String id = "wh-" + UUID.randomUUID();
        Instant now = jdbc.sql("insert into webhook (id, url, secret, kinds, created_at, created_by)"
                        + " values (:id, :url, :secret, :kinds, slipway_now(), :by) returning created_at")
                .param("id", id)
                .param("url", url)
                .param("secret", secretBase64)
                .param("kinds", kinds.toArray(String[]::new))
                .param("by", by.name())
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
        return new Webhook(id, url, kinds, now, by.name());
    }

    @Override
    public List<Webhook> list() {
        return jdbc.sql("select * from webhook where deleted_at is null order by created_at, id")
                .query(StoredWebhooks::webhook)
                .list();
    }

    @Override
    public boolean delete(String id) {
        jdbc.sql("update webhook_delivery set next_at = null, dead_at = slipway_now(), last_error = 'the"
                        + " webhook was deleted' where webhook = :id and next_at is not null")
                .param("id", id)
                .update();
        return jdbc.sql("update webhook set deleted_at = slipway_now() where id = :id and deleted_at is null")
                        .param("id", id)
                        .update()
                == 1;
    }

    @Override
    public List<Delivery> deliveries(String webhook, int limit) {
        return jdbc.sql("select * from webhook_delivery where webhook = :webhook order by created_at desc, id limit"
                        + " :limit")
                .param("webhook", webhook)
                .param("limit", limit)
                .query(StoredWebhooks::delivery)
                .list();
    }

    @Override
    public boolean redeliver(String webhook, String delivery) {
        return jdbc.sql("update webhook_delivery d set next_at = slipway_now(), attempts = 0, dead_at = null,"
                                + " delivered_at = null from webhook w where d.id = :id and d.webhook = :webhook"
                                + " and w.id = d.webhook and w.deleted_at is null")
                        .param("id", delivery)
                        .param("webhook", webhook)
                        .update()
                == 1;
    }

    @Override
    public void enqueue(String kind, String payload, Instant at) {
        jdbc.sql("insert into webhook_delivery (id, webhook, kind, payload, created_at, next_at)"
                        + " select 'msg-' || gen_random_uuid(), id, :kind, :payload, :at, :at from webhook"
                        + " where deleted_at is null and (cardinality(kinds) = 0 or :kind = any (kinds))")
                .param("kind", kind)
                .param("payload", payload)
                .param("at", Columns.time(at))
                .update();
    }

    @Override
    public Optional<Due> claim(Duration hidden) {
        return jdbc.sql("update webhook_delivery d set attempts = attempts + 1, next_at = slipway_now() +"
                        + " make_interval(secs => :hidden) from webhook w where w.id = d.webhook and d.id = (select id from"
                        + " webhook_delivery where next_at <= slipway_now() order by next_at limit 1 for update skip locked)"
                        + " returning d.id, w.url, w.secret, d.payload, d.attempts, d.created_at")
                .param("hidden", hidden.toMillis() / 1000.0)
                .query((row, number) -> new Due(
                        row.getString("id"),
                        row.getString("url"),
                        row.getString("secret"),
                        row.getString("payload"),
                        row.getInt("attempts"),
                        Columns.instant(row, "created_at")))
                .optional();
    }

    @Override
    public void delivered(Due delivery, int status) {
        jdbc.sql("update webhook_delivery set next_at = null, delivered_at = slipway_now(), last_status = :status,"
                        + " last_error = null where id = :id")
                .param("status", status)
                .param("id", delivery.id())
                .update();
    }

    @Override
    public void retry(Due delivery, Duration wait, Optional<Integer> status, String error) {
        failed(
                "next_at = slipway_now() + make_interval(secs => " + wait.toMillis() / 1000.0 + ")",
                delivery,
                status,
                error);
    }

    @Override
    public void dead(Due delivery, Optional<Integer> status, String error) {
        failed("next_at = null, dead_at = slipway_now()", delivery, status, error);
    }

    private void failed(String then, Due delivery, Optional<Integer> status, String error) {
        @Nullable Integer code = status.orElse(null);
        jdbc.sql("update webhook_delivery set " + then + ", last_status = :status, last_error = :error where id = :id")
                .param("status", code)
                .param("error", error)
                .param("id", delivery.id())
                .update();
    }

    private static Webhook webhook(ResultSet row, int number) throws SQLException {
        return new Webhook(
                row.getString("id"),
                row.getString("url"),
                Columns.texts(row, "kinds"),
                Columns.instant(row, "created_at"),
                row.getString("created_by"));
    }

    private static Delivery delivery(ResultSet row, int number) throws SQLException {
        return new Delivery(
                row.getString("id"),
                row.getString("webhook"),
                row.getString("kind"),
                row.getString("payload"),
                Columns.instant(row, "created_at"),
                row.getInt("attempts"),
                Columns.optionalInstant(row, "next_at"),
                Columns.optionalInstant(row, "delivered_at"),
                Columns.optionalInstant(row, "dead_at"),
                Columns.optionalInt(row, "last_status"),
                Columns.optionalText(row, "last_error"));
    }
}
