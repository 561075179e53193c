package io.slipway.app;

import io.slipway.control.SopLoader;
import io.slipway.store.StoredRollouts;
import io.slipway.store.StoredRunbooks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** Puts the procedures that lie in {@code runbooks/} on the shelf when the controller starts. */
@Configuration(proxyBeanMethods = false)
class StandardProcedures {
    @Bean
    ApplicationRunner standardProceduresLoader(StoredRollouts rollouts, StoredRunbooks shelf) {
        return arguments -> new SopLoader(rollouts, shelf).load(texts());
    }

    private static Map<String, String> texts() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        for (Resource file : new PathMatchingResourcePatternResolver().getResources("classpath*:runbooks/*.md")) {
            String name = file.getFilename();
            if (name != null) {
                texts.put(name.replaceFirst("\\.md$", ""), file.getContentAsString(StandardCharsets.UTF_8));
            }
        }
        return texts;
    }
}
