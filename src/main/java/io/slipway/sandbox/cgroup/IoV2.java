package io.slipway.sandbox.cgroup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Documentation/admin-guide/cgroup-v2.rst, IO. */
final class IoV2 implements Controller {
    private static final int DEFAULT_WEIGHT = 100;
    private static final String UNLIMITED = "rbps=max wbps=max riops=max wiops=max";
    private static final Pattern COUNT = Pattern.compile("([rw](?:bytes|ios))=([0-9]+)");

    @Override
    public String name() {
        return "io";
    }

    @Override
    public List<Setting> change(Limits from, Limits to) {
        List<Setting> settings = new ArrayList<>();
        if (!from.io().weight().equals(to.io().weight())) {
            OptionalInt weight = to.io().weight();
            // The first is of the io.cost model, the second of the scheduler BFQ: a disk heeds that one of the two that
            // it uses.
            settings.add(new Setting("io.weight", "default " + weight.orElse(DEFAULT_WEIGHT))
                    .withTwin(Setting.of("io.bfq.weight", BlkioV1.weight(weight))));
        }
        Map<String, String> before = rates(from.io());
        Map<String, String> after = rates(to.io());
        before.keySet().forEach(device -> after.putIfAbsent(device, UNLIMITED));
        after.forEach((device, rates) -> {
            if (!rates.equals(before.getOrDefault(device, UNLIMITED))) {
                settings.add(new Setting("io.max", device + " " + rates));
            }
        });
        return settings;
    }

    private static Map<String, String> rates(IoLimits limits) {
        Map<String, String> rates = new LinkedHashMap<>();
        for (IoLimits.Device d : limits.devices()) {
            String all = "rbps=" + text(d.readBytes()) + " wbps=" + text(d.writeBytes()) + " riops=" + text(d.readOps())
                    + " wiops=" + text(d.writeOps());
            rates.put(d.number(), all);
        }
        return rates;
    }

    private static String text(OptionalLong rate) {
        return rate.isPresent() ? Long.toString(rate.getAsLong()) : "max";
    }

    @Override
    public void account(CgroupDirectory group, Account account) {
        Map<String, Long> sums = new LinkedHashMap<>();
        Matcher counts = COUNT.matcher(group.read("io.stat"));
        while (counts.find()) {
            sums.merge(counts.group(1), Long.valueOf(counts.group(2)), Long::sum);
        }
        account.io = new Stats.Io(
                sums.getOrDefault("rbytes", 0L),
                sums.getOrDefault("wbytes", 0L),
                sums.getOrDefault("rios", 0L),
                sums.getOrDefault("wios", 0L));
    }
}
