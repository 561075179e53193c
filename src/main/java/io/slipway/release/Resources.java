package io.slipway.release;

/** Limits of one replica: cpu in cores, memory in bytes, pids as a count. */
public record Resources(double cpu, long memoryBytes, int pids) {}
