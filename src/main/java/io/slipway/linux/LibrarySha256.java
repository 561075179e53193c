package io.slipway.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * SHA-256 by OpenSSL's libcrypto, where the host has it: 1.5 GB/s with the processor's own instructions. The JDK's has them only in code of its second
 * compiler, which an agent does without; there it makes 50 MB/s.
 */
public final class LibrarySha256 extends MessageDigest {
    private static final int BYTES = 32;
    private static final Cleaner CLEANER = Cleaner.create();
    private static final boolean AVAILABLE = Calls.available();

    private final long context;

    private LibrarySha256(long context) {
        super("SHA-256");
        this.context = context;
        CLEANER.register(this, () -> Calls.EVP_MD_CTX_free(context));
        engineReset();
    }

    /** A new one; empty where there is no such library. */
    public static Optional<MessageDigest> open() {
        if (!AVAILABLE) {
            return Optional.empty();
        }
        return Optional.of(new LibrarySha256(allocated(Calls.EVP_MD_CTX_new())));
    }

    @Override
    protected int engineGetDigestLength() {
        return BYTES;
    }

    @Override
    protected void engineUpdate(byte input) {
        engineUpdate(new byte[] {input}, 0, 1);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
        byte[] bytes = input;
        if (offset != 0) {
            bytes = new byte[length];
            System.arraycopy(input, offset, bytes, 0, length);
        }
        succeeded(Calls.EVP_DigestUpdate(context, bytes, length));
        Reference.reachabilityFence(this);
    }

    @Override
    protected void engineUpdate(ByteBuffer input) {
        if (!input.isDirect()) {
            super.engineUpdate(input);
            return;
        }
        succeeded(Calls.EVP_DigestUpdate(context, MemorySegment.ofBuffer(input).address(), input.remaining()));
        input.position(input.limit());
        Reference.reachabilityFence(this);
    }

    @Override
    protected byte[] engineDigest() {
        byte[] digest = new byte[BYTES];
        succeeded(Calls.EVP_DigestFinal_ex(context, digest, 0));
        engineReset();
        return digest;
    }

    @Override
    protected void engineReset() {
        succeeded(Calls.EVP_DigestInit_ex(context, Calls.EVP_sha256(), 0));
        Reference.reachabilityFence(this);
    }

    private static long allocated(long context) {
        if (context == 0) {
            throw new OutOfMemoryError("libcrypto has no memory for a digest");
        }
        return context;
    }

    private static void succeeded(int result) {
        if (result != 1) {
            throw new IllegalStateException("libcrypto failed to compute a SHA-256");
        }
    }

    /** EVP_DigestInit(3). Directly mapped, if the library is there. */
    private static final class Calls {
        private Calls() {}

        static boolean available() {
            for (String library : new String[] {"libcrypto.so.3", "libcrypto.so.1.1"}) {
                try {
                    Native.register(Calls.class, NativeLibrary.getInstance(library));
                    return true;
                } catch (UnsatisfiedLinkError e) {
                    // The next, or none.
                }
            }
            return false;
        }

        static native long EVP_MD_CTX_new();

        static native void EVP_MD_CTX_free(long context);

        static native long EVP_sha256();

        static native int EVP_DigestInit_ex(long context, long type, long engine);

        static native int EVP_DigestUpdate(long context, byte[] bytes, long count);

        static native int EVP_DigestUpdate(long context, long address, long count);

        static native int EVP_DigestFinal_ex(long context, byte[] digest, long lengthOut);
    }
}
