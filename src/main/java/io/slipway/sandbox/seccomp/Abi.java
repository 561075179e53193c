package io.slipway.sandbox.seccomp;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A way to call the kernel, with numbers of its own: a machine's native one, or one of its 32-bit ones. */
public enum Abi {
    X86_64("SCMP_ARCH_X86_64", "amd64", 0xc000003e, 0),
    X86("SCMP_ARCH_X86", "x86", 0x40000003, 0),
    /** Shares the audit architecture of x86-64; its numbers have bit 30 set. */
    X32("SCMP_ARCH_X32", "x32", 0xc000003e, 0x40000000),
    AARCH64("SCMP_ARCH_AARCH64", "arm64", 0xc00000b7, 0),
    ARM("SCMP_ARCH_ARM", "arm", 0x40000028, 0);

    /** Of machines that this one is not: known, and without meaning here. */
    static final List<String> FOREIGN = List.of(
            "SCMP_ARCH_LOONGARCH64",
            "SCMP_ARCH_M68K",
            "SCMP_ARCH_MIPS",
            "SCMP_ARCH_MIPS64",
            "SCMP_ARCH_MIPS64N32",
            "SCMP_ARCH_MIPSEL",
            "SCMP_ARCH_MIPSEL64",
            "SCMP_ARCH_MIPSEL64N32",
            "SCMP_ARCH_PARISC",
            "SCMP_ARCH_PARISC64",
            "SCMP_ARCH_PPC",
            "SCMP_ARCH_PPC64",
            "SCMP_ARCH_PPC64LE",
            "SCMP_ARCH_RISCV64",
            "SCMP_ARCH_S390",
            "SCMP_ARCH_S390X",
            "SCMP_ARCH_SH",
            "SCMP_ARCH_SHEB");

    private final String oci;
    private final String docker;
    private final int audit;
    private final int base;

    Abi(String oci, String docker, int audit, int base) {
        this.oci = oci;
        this.docker = docker;
        this.audit = audit;
        this.base = base;
    }

    /** Of the machine that this runs on. */
    public static Abi ofMachine() {
        String machine = System.getProperty("os.arch");
        return switch (machine) {
            case "amd64" -> X86_64;
            case "aarch64" -> AARCH64;
            default ->
                throw new IllegalStateException("there are no numbers of system calls for this machine, " + machine
                        + "; containers can be filtered on x86-64 and aarch64 only");
        };
    }

    static Optional<Abi> named(String oci) {
        return Arrays.stream(values()).filter(abi -> abi.oci.equals(oci)).findFirst();
    }

    /** As runtime-spec's config-linux.md calls it. */
    public String oci() {
        return oci;
    }

    /** As Docker's {@code includes} and {@code excludes} call it. */
    String docker() {
        return docker;
    }

    /** {@code AUDIT_ARCH_*} of include/uapi/linux/audit.h, as seccomp(2) shows it to a filter. */
    int audit() {
        return audit;
    }

    /** What is added to a number of this table. */
    int base() {
        return base;
    }

    /** All by which a machine whose native one this is can be called, itself first. */
    List<Abi> family() {
        return this == AARCH64 ? List.of(AARCH64, ARM) : List.of(X86_64, X32, X86);
    }
}
