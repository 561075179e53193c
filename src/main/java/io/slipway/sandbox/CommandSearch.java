package io.slipway.sandbox;

import io.slipway.linux.CallResult;
import io.slipway.linux.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where a command is looked for, as execvp(3) does.
 *
 * @param places in turn
 * @param path the environment's PATH; not looked at for a command with a slash
 */
record CommandSearch(String command, List<String> places, String path) {
    /** Of the look for a command: access(2) on behalf of the user that it will run as. */
    private static final String LOOK = "faccessat";

    private static final int NOT_FOUND = 127;
    private static final int NOT_EXECUTABLE = 126;

    static CommandSearch of(String command, Map<String, String> env) {
        String path = env.getOrDefault("PATH", "");
        if (command.contains("/")) {
            return new CommandSearch(command, List.of(command), path);
        }
        List<String> places = new ArrayList<>();
        for (String directory : path.split(":", -1)) {
            places.add(directory.isEmpty() ? "./" + command : directory + "/" + command);
        }
        return new CommandSearch(command, places, path);
    }

    /** Exit code for a command that cannot be executed (POSIX shell, 2.8.2). */
    static int code(int errno) {
        return errno == Errno.ENOENT || errno == Errno.ENOTDIR ? NOT_FOUND : NOT_EXECUTABLE;
    }

    /** The same by the calls that were made, if it was a command that could not be executed. */
    static Optional<Integer> code(CallResult fatal, List<CallResult> calls) {
        if (!fatal.failed() || !List.of(LOOK, "execve").contains(fatal.call())) {
            return Optional.empty();
        }
        boolean there = calls.stream().anyMatch(call -> call.call().equals(LOOK) && call.result() == -Errno.EACCES);
        return Optional.of(there ? NOT_EXECUTABLE : code((int) -fatal.result()));
    }

    /**
     * Why none of the places has it, and what to do.
     *
     * @param errnos of the looks, one for each place
     */
    String failure(List<Integer> errnos) {
        List<String> forbidden = IntStream.range(0, places.size())
                .filter(i -> errnos.get(i) == Errno.EACCES)
                .mapToObj(places::get)
                .toList();
        if (!forbidden.isEmpty()) {
            return "command '" + command + "' may not be executed: " + String.join(" and ", forbidden)
                    + " is no file that the container's user may execute, or lies in a directory that it may not enter;"
                    + " give it the permission in the image (chmod a+x), or run it as another user";
        }
        if (command.contains("/")) {
            return "there is no command '" + command + "' in the container; look for its path in the image"
                    + asOneWord();
        }
        return "command '" + command + "' was not found in the container's PATH, " + path
                + "; name it with its path, or set PATH" + asOneWord();
    }

    private String asOneWord() {
        return command.contains(" ")
                ? ". It has a space in it: give a command and its arguments as words of their own"
                : "";
    }
}
