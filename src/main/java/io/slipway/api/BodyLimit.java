package io.slipway.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/** Reads each body under {@code /api/} whole, up to 1 MiB, before anything looks at it; a longer one is answered 413. */
public final class BodyLimit extends OncePerRequestFilter {
    static final int BODY_BYTES_MAX = 1 << 20;
    private final ProblemResolver problems;

    public BodyLimit(ProblemResolver problems) {
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getRequestURI().startsWith("/api/")
                || request.getMethod().equals("GET");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        byte[] body = request.getContentLengthLong() > BODY_BYTES_MAX
                ? new byte[BODY_BYTES_MAX + 1]
                : request.getInputStream().readNBytes(BODY_BYTES_MAX + 1);
        if (body.length > BODY_BYTES_MAX) {
            // The rest is not read: the connection closes rather than take in what nobody wants.
            response.setHeader("Connection", "close");
            problems.write(
                    request,
                    response,
                    Problem.of(
                            413,
                            "body-too-large",
                            "The body is too large",
                            "A body may have " + BODY_BYTES_MAX
                                    + " bytes (1 MiB), and this one has more. Nothing was changed."));
            return;
        }
        chain.doFilter(new ReadRequest(request, body), response);
    }

    /** A request whose body lies in memory and can be read any number of times. */
    static final class ReadRequest extends HttpServletRequestWrapper {
        private final byte[] body;

        ReadRequest(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public int getContentLength() {
            return body.length;
        }

        @Override
        public long getContentLengthLong() {
            return body.length;
        }

        @Override
        public ServletInputStream getInputStream() {
            return new MemoryStream(body);
        }
    }

    private static final class MemoryStream extends ServletInputStream {
        private final ByteArrayInputStream in;

        MemoryStream(byte[] body) {
            in = new ByteArrayInputStream(body);
        }

        @Override
        public int read() {
            return in.read();
        }

        @Override
        public int read(byte[] into, int from, int length) {
            return in.read(into, from, length);
        }

        @Override
        public boolean isFinished() {
            return in.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("a body that was read beforehand cannot be read asynchronously");
        }
    }
}
