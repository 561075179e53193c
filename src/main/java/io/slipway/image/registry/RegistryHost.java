package io.slipway.image.registry;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the operator says of one registry, mirror or token server, by its name as in a reference: host, or host:port.
 *
 * @param plainHttp whether it is spoken to without TLS; empty: only on loopback
 * @param ca certificates, PEM, trusted beside the machine's own
 * @param mirrors asked before it, in this order; a path stands before the repository's name
 * @param anyAddress it may lie on a link-local or metadata address, and lead there
 */
public record RegistryHost(Optional<Boolean> plainHttp, Optional<Path> ca, List<URI> mirrors, boolean anyAddress) {
    public static final RegistryHost DEFAULT = new RegistryHost(Optional.empty(), Optional.empty(), List.of(), false);

    public RegistryHost {
        mirrors = List.copyOf(mirrors);
    }

    RegistryHost plain() {
        return new RegistryHost(Optional.of(true), ca, mirrors, anyAddress);
    }
}
