package io.slipway.app;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** The edge as a child process, within the heap that it has on a small host. */
final class ProxyProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("ready listen=127.0.0.1:(\\d+) admin=127.0.0.1:(\\d+)");
    final Process process;
    final int port;
    final int adminPort;

    ProxyProcess(Path directory, int listenPort) throws IOException {
        Files.writeString(directory.resolve("token"), "secret");
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms16m",
                        "-Xmx64m",
                        "-XX:MaxDirectMemorySize=40m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        classPath(),
                        ProxyProcess.class.getName(),
                        "--listen",
                        "127.0.0.1:" + listenPort,
                        "--token-file",
                        directory.resolve("token").toString(),
                        "--state",
                        directory.resolve("state").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = process.inputReader();
        String line = out.readLine();
        Matcher ready = READY.matcher(line == null ? "" : line);
        if (!ready.matches()) {
            process.destroyForcibly();
            throw new IOException("the edge did not start: " + line);
        }
        port = Integer.parseInt(ready.group(1));
        adminPort = Integer.parseInt(ready.group(2));
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new ProxyCommand()).execute(args));
    }

    /** JUnit's console launcher loads tests by a loader of its own, Surefire by the system's. */
    private static String classPath() {
        return ProxyProcess.class.getClassLoader() instanceof URLClassLoader loader
                ? Arrays.stream(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(File.pathSeparator))
                : System.getProperty("java.class.path");
    }

    /** Resident memory in KiB (proc_pid_status(5)). */
    long residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
