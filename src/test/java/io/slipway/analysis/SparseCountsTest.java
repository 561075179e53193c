package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.LatencyHistogram;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SparseCountsTest {
    @Test
    void it_counts_like_an_array_of_all_buckets() {
        Random random = new Random(8);
        long[] all = new long[LatencyHistogram.BUCKETS];
        SparseCounts first = new SparseCounts();
        SparseCounts second = new SparseCounts();
        DenseCounts dense = new DenseCounts();
        for (int i = 0; i < 200; i++) {
            long[] some = new long[LatencyHistogram.BUCKETS];
            for (int k = 0; k < 10; k++) {
                some[random.nextInt(400, 500)] += random.nextInt(5);
            }
            LatencyHistogram histogram = LatencyHistogram.ofDense(some);
            histogram.addTo(all);
            dense.add(histogram);
            (i % 2 == 0 ? first : second).add(histogram);
        }
        first.add(second);
        long[] counted = new long[LatencyHistogram.BUCKETS];
        first.addTo(counted);
        assertThat(counted).isEqualTo(all);
        assertThat(first.total()).isEqualTo(LatencyHistogram.ofDense(all).total());
        Tail tail = new Tail();
        tail.count(all, 0, all.length - 1);
        assertThat(dense.quantileBucket(0.05)).isEqualTo(tail.quantileBucket(0.05));
        assertThat(first.first()).isEqualTo(tail.first());
        assertThat(first.last()).isEqualTo(tail.last());
    }
}
