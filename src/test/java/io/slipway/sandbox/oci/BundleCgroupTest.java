package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleCgroupTest {
    private static final int TIMES = 200;

    @TempDir
    private Path marks;

    private final String above = "/slipway-test-"
            + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());

    @Test
    void containers_below_one_group_come_and_go_at_the_same_time_and_the_last_takes_it_along() throws Exception {
        Hierarchies hierarchies = Hierarchies.detect();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<?>> both = Stream.of("/a", "/b")
                    .map(name -> new BundleCgroup(hierarchies, above + name, new GroupParents(marks)))
                    .<Future<?>>map(group -> threads.submit(() -> {
                        comeAndGo(group);
                        return null;
                    }))
                    .toList();
            for (Future<?> one : both) {
                one.get();
            }
        }
        assertThat(hierarchies.roots())
                .allSatisfy(root -> assertThat(root.resolve(above.substring(1))).doesNotExist());
        try (Stream<Path> left = Files.list(marks)) {
            assertThat(left).extracting(Path::getFileName).containsExactly(Path.of("lock"));
        }
    }

    @Test
    void others_may_take_away_what_is_empty_meanwhile() throws Exception {
        Hierarchies hierarchies = Hierarchies.detect();
        BundleCgroup one = new BundleCgroup(hierarchies, above + "/a", new GroupParents(marks));
        Semaphore created = new Semaphore(0);
        Thread taking = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < TIMES; i++) {
                created.acquireUninterruptibly();
                hierarchies.roots().forEach(root -> BundleCgroup.removeEmpty(root.resolve(above.substring(1))));
            }
        });
        try {
            for (int i = 0; i < TIMES; i++) {
                created.release();
                one.create(ResourceConfig.NONE);
                one.remove();
            }
        } finally {
            created.release(TIMES);
            taking.join();
        }
        assertThat(hierarchies.roots())
                .allSatisfy(root -> assertThat(root.resolve(above.substring(1))).doesNotExist());
    }

    private static void comeAndGo(BundleCgroup group) throws IOException {
        for (int i = 0; i < TIMES; i++) {
            group.create(ResourceConfig.NONE);
            group.remove();
        }
    }
}
