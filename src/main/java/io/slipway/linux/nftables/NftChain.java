package io.slipway.linux.nftables;

/**
 * A chain that packets pass at a hook of the kernel.
 *
 * @param type {@code filter} or {@code nat}
 * @param priority lower ones come first; the kernel's own are in include/uapi/linux/netfilter_ipv4.h
 */
public record NftChain(String name, String type, Hook hook, int priority) {
    public static final int RAW = -300;
    public static final int DESTINATION_NAT = -100;
    public static final int FILTER = 0;
    public static final int SOURCE_NAT = 100;

    /** Where packets pass, by the kernel's numbers. */
    public enum Hook {
        PREROUTING(0),
        INPUT(1),
        FORWARD(2),
        OUTPUT(3),
        POSTROUTING(4);

        private final int number;

        Hook(int number) {
            this.number = number;
        }

        /** As the kernel counts them. */
        public int number() {
            return number;
        }
    }
}
