package io.slipway.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void figures_have_their_unit_and_no_more_digits_than_mean_something() {
        assertThat(Figures.ms(212.4)).isEqualTo("212 ms");
        assertThat(Figures.ms(1.2345)).isEqualTo("1.23 ms");
        assertThat(Figures.ms(12_345.6)).isEqualTo("12,346 ms");
        assertThat(Figures.ms(Double.NaN)).isEqualTo("–");
        assertThat(Figures.percent(0.0214)).isEqualTo("2.14%");
        assertThat(Figures.percent(0)).isEqualTo("0%");
        assertThat(Figures.percent(1)).isEqualTo("100%");
        assertThat(Figures.points(0.018)).isEqualTo("+1.8 pp");
        assertThat(Figures.change(-0.07)).isEqualTo("-7%");
        assertThat(Figures.perMillion(0.0000121)).isEqualTo("12.1 per 1M");
        assertThat(Figures.perMillion(0.00000000823)).isEqualTo("0.00823 per 1M");
        assertThat(Figures.bytes(256L << 20)).isEqualTo("256 MiB");
        assertThat(Figures.bytes(3L << 29)).isEqualTo("1.5 GiB");
    }

    @Test
    void times_are_said_in_relation_to_now() {
        Instant now = Instant.parse("2026-11-23T10:00:00Z");
        assertThat(Moment.of(now, now).relative()).isEqualTo("now");
        assertThat(Moment.of(now.minusSeconds(185), now).relative()).isEqualTo("3 min ago");
        assertThat(Moment.of(now.plusSeconds(9000), now).relative()).isEqualTo("in 2 h 30 min");
        assertThat(Figures.duration(Duration.ofHours(24))).isEqualTo("24 h");
        assertThat(Figures.duration(Duration.ofSeconds(90))).isEqualTo("1 min");
        assertThat(Figures.declared(Duration.ofSeconds(90))).isEqualTo("90 s");
        assertThat(Figures.declared(Duration.ofMinutes(10))).isEqualTo("10 min");
        assertThat(Figures.duration(Duration.ofDays(3))).isEqualTo("3 days");
        assertThat(Moment.of(now, now).absolute()).isEqualTo("23 Nov 2026 10:00:00 UTC");
    }
}
