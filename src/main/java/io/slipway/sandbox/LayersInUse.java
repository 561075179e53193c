package io.slipway.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The unpacked layers that containers of a data directory stand on, running or not. Looks for them in the text of each state, so that a container of
 * another version, or one that is being made this moment, counts too; and needs no lock, so that it can be asked while an agent is at work.
 */
public final class LayersInUse {
    private static final Pattern LAYER = Pattern.compile("/layers(?:-[0-9]+-[0-9]+)?/([0-9a-f]{64})");

    private LayersInUse() {}

    /**
     * Of all state directories below a data directory: those of an agent and those made by hand.
     *
     * @return 64 hexadecimal digits each
     */
    public static Set<String> below(Path data) throws IOException {
        Set<String> found = new TreeSet<>();
        for (String states : List.of("run", "containers")) {
            try (DirectoryStream<Path> containers = Files.newDirectoryStream(data.resolve(states))) {
                for (Path container : containers) {
                    read(new SandboxDirectory(container).state(), found);
                }
            } catch (NoSuchFileException | NotDirectoryException e) {
                // Nothing was ever started there.
            }
        }
        return found;
    }

    private static void read(Path state, Set<String> found) throws IOException {
        try {
            Matcher layer = LAYER.matcher(new String(Files.readAllBytes(state), StandardCharsets.UTF_8));
            while (layer.find()) {
                found.add(layer.group(1));
            }
        } catch (NoSuchFileException e) {
            // It went in between, or is no container.
        } catch (java.nio.file.FileSystemException e) {
            if (Files.exists(state)) {
                throw e;
            }
        }
    }
}
