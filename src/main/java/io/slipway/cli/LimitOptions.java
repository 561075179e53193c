package io.slipway.cli;

import io.slipway.sandbox.cgroup.CpusetLimits;
import io.slipway.sandbox.cgroup.DeviceRule;
import io.slipway.sandbox.cgroup.Limits;
import io.slipway.sandbox.cgroup.MemoryLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Limits of a container, for its start and for a change of it. */
final class LimitOptions {
    private static final String LIFTED = "max";
    private static final String ALLOW = "allow ";
    private static final String DENY = "deny ";

    @Option(
            names = {"-m", "--memory"},
            paramLabel = "SIZE",
            description = "Upper bound of memory, as 64MiB; max lifts it.")
    private @Nullable String memory;

    @Option(
            names = "--memory-high",
            paramLabel = "SIZE",
            description = "Above it memory is taken back (cgroup version 1: only when the host runs short).")
    private @Nullable String memoryHigh;

    @Option(
            names = "--memory-swap",
            paramLabel = "SIZE",
            description = "Swap beyond --memory. Default with --memory: none.")
    private @Nullable String memorySwap;

    @Option(names = "--cpu", paramLabel = "CORES", description = "Upper bound of cpu, as 0.5; max lifts it.")
    private @Nullable String cpu;

    @Option(
            names = "--cpu-weight",
            paramLabel = "WEIGHT",
            description = "Share when cpus are short, 1 to 10000. Default: 100.")
    private @Nullable Integer cpuWeight;

    @Option(names = "--cpuset-cpus", paramLabel = "LIST", description = "Only these cpus, as 0-1,3.")
    private @Nullable String cpus;

    @Option(names = "--cpuset-mems", paramLabel = "LIST", description = "Only these memory nodes.")
    private @Nullable String mems;

    @Option(names = "--pids", paramLabel = "COUNT", description = "Upper bound of processes and threads; max lifts it.")
    private @Nullable String pids;

    @Option(
            names = "--hugetlb",
            paramLabel = "PAGE=SIZE",
            description = "Upper bound of huge pages of a size, as 2MB=64MiB.")
    private Map<String, String> hugetlb = new HashMap<>();

    @Option(
            names = "--device-rule",
            paramLabel = "RULE",
            description = "Use of device files beyond the default ones, as 'allow c 10:229 rwm' or 'deny a'.")
    private List<String> deviceRules = new ArrayList<>();

    @Mixin
    private IoLimitOptions io = new IoLimitOptions();

    /** What is given here, in place of what was. */
    Limits over(Limits before) {
        try {
            Limits after = before.withMemory(memory(before.memory()))
                    .withCpu(before.cpu())
                    .withCpuset(new CpusetLimits(
                            cpus == null ? before.cpuset().cpus() : cpus,
                            mems == null ? before.cpuset().mems() : mems))
                    .withIo(io.over(before.io()));
            after = cpu == null ? after : after.withCpu(after.cpu().withCores(cores(cpu)));
            after = cpuWeight == null ? after : after.withCpu(after.cpu().withWeight(OptionalInt.of(cpuWeight)));
            after = pids == null ? after : after.withPids(count(pids));
            after = hugetlb.isEmpty() ? after : after.withHugetlb(hugetlb(before.hugetlbBytes()));
            return deviceRules.isEmpty() ? after : after.withDevices(rules(before.devices()));
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private MemoryLimits memory(MemoryLimits before) {
        OptionalLong max = memory == null ? before.maxBytes() : bytes("--memory", memory);
        OptionalLong high = memoryHigh == null ? before.highBytes() : bytes("--memory-high", memoryHigh);
        OptionalLong swap = memorySwap == null ? before.swapBytes() : bytes("--memory-swap", memorySwap);
        // Without a limit of memory there is nothing that swap could go beyond.
        boolean lifted = max.isEmpty() && memorySwap == null;
        return new MemoryLimits(max, high, lifted ? OptionalLong.empty() : swap);
    }

    private Map<String, Long> hugetlb(Map<String, Long> before) {
        Map<String, Long> after = new HashMap<>(before);
        hugetlb.forEach((page, size) -> after.put(page, ByteSize.parse("--hugetlb " + page + "=", size)));
        return after;
    }

    private List<DeviceRule> rules(List<DeviceRule> before) {
        List<DeviceRule> rules = new ArrayList<>(before);
        for (String rule : deviceRules) {
            if (rule.startsWith(ALLOW)) {
                rules.add(DeviceRule.allow(rule.substring(ALLOW.length())));
            } else if (rule.startsWith(DENY)) {
                rules.add(DeviceRule.deny(rule.substring(DENY.length())));
            } else {
                throw usage("--device-rule '" + rule + "' begins with neither allow nor deny: 'allow c 10:229 rwm'.");
            }
        }
        return rules;
    }

    private static OptionalLong bytes(String option, String text) {
        return text.equals(LIFTED) ? OptionalLong.empty() : OptionalLong.of(ByteSize.parse(option + " ", text));
    }

    private static OptionalDouble cores(String text) {
        if (text.equals(LIFTED)) {
            return OptionalDouble.empty();
        }
        if (!text.matches("-?[0-9]{1,15}(\\.[0-9]{1,15})?")) {
            throw usage("--cpu " + text + " is not a number of cores: write 0.01 or more, as 0.5 or 2, or max");
        }
        return OptionalDouble.of(Double.parseDouble(text));
    }

    private static OptionalInt count(String text) {
        if (text.equals(LIFTED)) {
            return OptionalInt.empty();
        }
        if (!text.matches("-?[0-9]{1,9}")) {
            throw usage("--pids " + text + " is not a number of processes: write 2 to 4194304, as 256, or max");
        }
        return OptionalInt.of(Integer.parseInt(text));
    }

    private static CommandFailed usage(String text) {
        return new CommandFailed(ExitCode.USAGE, text);
    }
}
