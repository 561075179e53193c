package io.slipway.sandbox;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A network that a sandbox can be joined to while its first process waits, before anything of the image runs. */
public interface Network {
    /**
     * Gives the network namespace of {@code pid} an interface, an address, a default route and a working lo. Within a plan
     * ({@link io.slipway.linux.CallLog#ofPlan}) nothing is changed; the attachment is the one that would be given now.
     *
     * @throws IOException if the kernel refuses; then nothing is left behind
     */
    Attachment attach(String sandboxId, Connection wanted, int pid) throws IOException;

    /**
     * As {@link #attach}, in two halves: after the first its addresses are settled, and the second may be made beside other work.
     *
     * @throws IOException as for the second half: then nothing is left behind; if that is never made, {@link #detach} takes back the first
     */
    default Joining join(String sandboxId, Connection wanted, int pid) throws IOException {
        return new Joining(attach(sandboxId, wanted, pid), () -> {});
    }

    /** The first half of a join. */
    record Joining(Attachment attachment, Rest rest) {
        /** With the second half made. */
        Joining whole() throws IOException {
            rest.take();
            return new Joining(attachment, () -> {});
        }
    }

    /**
     * Takes back the address, published ports, and whatever of the interface is left. Does nothing for an unknown sandbox.
     *
     * @param joined what it was attached with
     */
    void detach(String sandboxId, Connection joined) throws IOException;

    /**
     * As {@link #detach}, of one whose processes have all ended: published ports are free when it returns. Their namespace takes its interface with
     * it, for which the kernel needs longer than for a whole start, and nobody has to wait.
     *
     * @return what is left to be done, a little later, so that nothing stays whatever holds the namespace; not done, {@link #detach} does it
     */
    default Rest leave(String sandboxId, Connection joined) throws IOException {
        detach(sandboxId, joined);
        return () -> {};
    }

    /** What is left to be done of a join or a leave. */
    interface Rest {
        void take() throws IOException;
    }

    /** Whom sandboxes on it are to ask for names, before they are attached; empty: whom the host asks. */
    default Optional<Resolver> resolver(Connection wanted) {
        return Optional.empty();
    }

    /**
     * A name server for sandboxes.
     *
     * @param address of IPv4, in dotted form
     * @param domain in which short names are looked for first
     */
    record Resolver(String address, String domain) {
        public Resolver {
            if (!domain.matches("[a-z0-9.-]{1,200}")) {
                throw new IllegalArgumentException("'" + domain + "' is no domain to look for names in");
            }
        }
    }

    /** What a sandbox has sent and received; empty for an unknown one. */
    Optional<Traffic> traffic(String sandboxId, Connection joined) throws IOException;

    /**
     * Where a sandbox can be reached from its host.
     *
     * @param address of IPv4, in dotted form
     * @param gateway the host's address on the same network
     * @param address6 of IPv6; empty without one
     */
    record Attachment(String address, int prefixLength, String gateway, Optional<String> address6) {
        /** All that it has. */
        List<String> addresses() {
            return Stream.concat(Stream.of(address), address6.stream()).toList();
        }
    }

    /**
     * Bytes since a sandbox was attached.
     *
     * @param sent by its interface, to anybody; empty once it has ended
     * @param received by its interface, from anybody; empty once it has ended
     * @param egress sent by way of the host to other machines, with IP headers; empty if the host does not count it
     */
    record Traffic(Optional<Long> sent, Optional<Long> received, OptionalLong egress) {}
}
