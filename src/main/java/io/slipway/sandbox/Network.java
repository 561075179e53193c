package io.slipway.sandbox;

import java.io.IOException;

/** A network that a sandbox can be joined to while its first process waits, before anything of the image runs. */
public interface Network {
    /**
     * Gives the network namespace of {@code pid} an interface, an address, a default route and a working lo.
     *
     * @throws IOException if the kernel refuses; then nothing is left behind
     */
    Attachment attach(String sandboxId, int pid) throws IOException;

    /** Takes back the address and whatever of the interface is left. Does nothing for an unknown sandbox. */
    void detach(String sandboxId) throws IOException;

    /** Where a sandbox can be reached from its host. Addresses in dotted form. */
    record Attachment(String address, int prefixLength, String gateway) {}
}
