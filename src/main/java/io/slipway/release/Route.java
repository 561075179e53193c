package io.slipway.release;

/** Where the edge takes requests for a service: host name and path prefix, to a port of a process. */
public record Route(String host, String path, String process, String port) {}
