package io.slipway.store;

import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.control.ServiceStore;
import io.slipway.control.Views.RevisionView;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.Route;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Services and revisions in Postgres. */
public final class StoredServices implements ServiceStore {
    private final JdbcClient jdbc;

    public StoredServices(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Service lock(ServiceName name, String owner) {
        jdbc.sql("insert into service (name, owner) values (:name, :owner) on conflict do nothing")
                .param("name", name.value())
                .param("owner", owner)
                .update();
        return jdbc.sql("select * from service where name = :name for no key update")
                .param("name", name.value())
                .query(StoredServices::service)
                .single();
    }

    @Override
    public Optional<ServiceName> claim(ServiceName name, Route route) {
        int claimed = jdbc.sql("""
            insert into route_claim as claim (host, path, service) values (:host, :path, :service)
            on conflict (host, path) do update set service = excluded.service
            where claim.service = excluded.service
               or not exists (select 1 from service s where s.name = claim.service and s.stable_revision is not null)
              and not exists (select 1 from rollout r where r.service = claim.service and not r.over)
            """)
                .param("host", route.host())
                .param("path", route.path())
                .param("service", name.value())
                .update();
        if (claimed == 1) {
            return Optional.empty();
        }
        return jdbc.sql("select service from route_claim where host = :host and path = :path")
                .param("host", route.host())
                .param("path", route.path())
                .query((row, _) -> new ServiceName(row.getString("service")))
                .optional();
    }

    @Override
    public Optional<Service> find(ServiceName name) {
        return jdbc.sql("select * from service where name = :name")
                .param("name", name.value())
                .query(StoredServices::service)
                .optional();
    }

    @Override
    public RevisionId addRevision(ReleaseSpec spec, String by, Instant at) {
        int number = jdbc.sql("update service set last_revision = last_revision + 1, owner = :owner where name = :name"
                        + " returning last_revision")
                .param("owner", spec.release().owner())
                .param("name", spec.service().value())
                .query(Integer.class)
                .single();
        jdbc.sql("insert into revision (service, number, image, spec, created_at, created_by)"
                        + " values (:service, :number, :image, cast(:spec as jsonb), :at, :by)")
                .param("service", spec.service().value())
                .param("number", number)
                .param("image", spec.image())
                .param("spec", Json.write(spec))
                .param("at", Columns.time(at))
                .param("by", by)
                .update();
        return new RevisionId(spec.service(), number);
    }

    @Override
    public void addRelease(String id, RevisionId revision, ReleaseSpec spec, String by, Instant at) {
        jdbc.sql("insert into release (id, service, revision, spec, created_at, created_by)"
                        + " values (:id, :service, :revision, cast(:spec as jsonb), :at, :by)")
                .param("id", id)
                .param("service", revision.service().value())
                .param("revision", revision.number())
                .param("spec", Json.write(spec))
                .param("at", Columns.time(at))
                .param("by", by)
                .update();
    }

    @Override
    public Optional<RevisionView> revision(RevisionId id) {
        return jdbc.sql("select * from revision where service = :service and number = :number")
                .param("service", id.service().value())
                .param("number", id.number())
                .query(StoredServices::revisionRow)
                .optional();
    }

    @Override
    public void pin(RevisionId id, String digest) {
        jdbc.sql("update revision set digest = :digest where service = :service and number = :number and digest"
                        + " is null")
                .param("digest", digest)
                .param("service", id.service().value())
                .param("number", id.number())
                .update();
    }

    @Override
    public void makeStable(RevisionId id) {
        jdbc.sql("update service set stable_revision = :number where name = :name")
                .param("number", id.number())
                .param("name", id.service().value())
                .update();
    }

    @Override
    public void hold(ServiceName name, Reason why, Instant at) {
        jdbc.sql("update service set held_code = :code, held_text = :text, held_at = :at where name = :name")
                .param("code", why.code())
                .param("text", why.text())
                .param("at", Columns.time(at))
                .param("name", name.value())
                .update();
    }

    @Override
    public long unhold(ServiceName name) {
        return jdbc.sql("update service set held_code = null, held_text = null, held_at = null, version = version + 1"
                        + " where name = :name returning version")
                .param("name", name.value())
                .query(Long.class)
                .single();
    }

    static Service service(ResultSet row, int number) throws SQLException {
        ServiceName name = new ServiceName(row.getString("name"));
        Optional<String> held = Columns.optionalText(row, "held_code");
        String text = Columns.optionalText(row, "held_text").orElse("");
        return new Service(
                name,
                row.getString("owner"),
                Columns.optionalInt(row, "stable_revision").map(n -> new RevisionId(name, n)),
                held.map(code -> new Reason(code, text)),
                row.getLong("version"));
    }

    static RevisionView revisionRow(ResultSet row, int number) throws SQLException {
        return new RevisionView(
                new RevisionId(new ServiceName(row.getString("service")), row.getInt("number")),
                row.getString("image"),
                Columns.optionalText(row, "digest"),
                Columns.instant(row, "created_at"),
                row.getString("created_by"),
                Json.read(row.getString("spec"), ReleaseSpec.class));
    }
}
