package io.slipway.control;

import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.control.Views.RevisionView;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.Route;
import java.time.Instant;
import java.util.Optional;

/** Services and their revisions. Every method takes part in the transaction of its thread. */
public interface ServiceStore {
    /** Locks a service, made first if it is new: whoever changes a service's rollouts holds this lock. */
    Service lock(ServiceName name, String owner);

    /**
     * Makes a host name and path this service's own, also against a release of another that is submitted at the same moment.
     *
     * @return the service that has it already; empty when it is ours now
     */
    Optional<ServiceName> claim(ServiceName name, Route route);

    Optional<Service> find(ServiceName name);

    /** Stores the next revision and returns its number. The service must be locked. */
    RevisionId addRevision(ReleaseSpec spec, String by, Instant at);

    void addRelease(String id, RevisionId revision, ReleaseSpec spec, String by, Instant at);

    Optional<RevisionView> revision(RevisionId id);

    /** Records once what an image reference was resolved to; later calls change nothing. */
    void pin(RevisionId id, String digest);

    void makeStable(RevisionId id);

    void hold(ServiceName name, Reason why, Instant at);

    /** Lets releases through again; returns the service's new version for the decision. */
    long unhold(ServiceName name);

    /** A service as stored. */
    record Service(ServiceName name, String owner, Optional<RevisionId> stable, Optional<Reason> held, long version) {}
}
