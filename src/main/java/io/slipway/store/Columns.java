package io.slipway.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads and writes the column types that JDBC has no direct words for. */
final class Columns {
    private Columns() {}

    static OffsetDateTime time(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }

    static @Nullable OffsetDateTime time(Optional<Instant> at) {
        return at.map(Columns::time).orElse(null);
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return optionalInstant(row, column)
                .orElseThrow(() -> new IllegalStateException("column " + column + " is null where it must not be"));
    }

    static Optional<Instant> optionalInstant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    static Optional<Integer> optionalInt(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, Integer.class));
    }

    static Optional<String> optionalText(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }

    static List<String> texts(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }

    static int[] ints(ResultSet row, String column) throws SQLException {
        Integer[] boxed = (Integer[]) row.getArray(column).getArray();
        int[] plain = new int[boxed.length];
        for (int i = 0; i < plain.length; i++) {
            plain[i] = Objects.requireNonNull(boxed[i]);
        }
        return plain;
    }

    static long[] longs(ResultSet row, String column) throws SQLException {
        Long[] boxed = (Long[]) row.getArray(column).getArray();
        long[] plain = new long[boxed.length];
        for (int i = 0; i < plain.length; i++) {
            plain[i] = Objects.requireNonNull(boxed[i]);
        }
        return plain;
    }
}
