package io.slipway.cli;

import io.slipway.cli.oci.OciLine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code slipway oci} in the list of commands; called as one, it never comes so far: the main class sees to it first. */
@Command(
        name = "oci",
        description = "The OCI runtime command line, for podman, containerd and scripts: see 'slipway oci --help'.")
final class OciCommand implements Callable<Integer> {
    @Unmatched
    private List<String> words = new ArrayList<>();

    @Override
    public Integer call() {
        return new OciLine(System.in, System.out, System.err, System.getenv()).run(words);
    }
}
