package io.slipway.image.registry;

import io.slipway.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks one endpoint for content, from where it broke off. */
final class BlobRequest implements BlobStream.Source {
    private static final Pattern RANGE = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)");
    private final Exchange exchange;
    private final Endpoint endpoint;
    private final Digest digest;
    private final long size;
    private final Tries tries;

    BlobRequest(Exchange exchange, Endpoint endpoint, Digest digest, long size, Tries tries) {
        this.exchange = exchange;
        this.endpoint = endpoint;
        this.digest = digest;
        this.size = size;
        this.tries = tries;
    }

    static String path(Digest digest) {
        return "blobs/" + digest;
    }

    @Override
    public InputStream open(long from) throws IOException {
        Map<String, String> headers = new HashMap<>();
        if (from > 0) {
            headers.put("Range", "bytes=" + from + "-");
        }
        while (true) {
            Answer answer = exchange.get(endpoint, path(digest), headers, tries, what());
            try {
                // A server may take no notice of a range; what we have is then read past.
                answer.body().skipNBytes(from - start(answer));
                return answer.body();
            } catch (RegistryException e) {
                answer.close();
                throw e;
            } catch (IOException e) {
                answer.close();
                tries.broke(e);
            }
        }
    }

    @Override
    public void broke(IOException cause) throws IOException {
        tries.broke(cause);
    }

    @Override
    public void advanced() {
        tries.advanced();
    }

    /** The first byte that the answer holds. */
    private long start(Answer answer) throws RegistryException {
        if (answer.status() == 200) {
            long length = answer.headers().firstValueAsLong("Content-Length").orElse(size);
            checkSize(length);
            return 0;
        }
        Matcher range = RANGE.matcher(answer.header("Content-Range"));
        if (!range.matches()) {
            throw broken("answered with a part, and not with which");
        }
        if (!range.group(3).equals("*")) {
            checkSize(Long.parseLong(range.group(3)));
        }
        return Long.parseLong(range.group(1));
    }

    private void checkSize(long found) throws RegistryException {
        if (found != size) {
            throw broken("has " + found + " bytes where the manifest says " + size);
        }
    }

    private String what() {
        return "content " + digest + " of " + endpoint.repository();
    }

    private RegistryException broken(String how) {
        return new RegistryException(
                RegistryException.Kind.BROKEN, what() + ": " + endpoint + " " + how + "; push the image again");
    }
}
