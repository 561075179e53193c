package io.slipway.sandbox.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/** Huge pages, by size (Documentation/admin-guide/cgroup-v1/hugetlb.rst, cgroup-v2.rst, HugeTLB). */
final class Hugetlb implements Controller {
    private final String suffix;
    private final String unlimited;

    private Hugetlb(String suffix, String unlimited) {
        this.suffix = suffix;
        this.unlimited = unlimited;
    }

    static Hugetlb v1() {
        return new Hugetlb(".limit_in_bytes", "-1");
    }

    static Hugetlb v2() {
        return new Hugetlb(".max", "max");
    }

    @Override
    public String name() {
        return "hugetlb";
    }

    @Override
    public List<Setting> change(Limits from, Limits to) {
        TreeSet<String> sizes = new TreeSet<>(from.hugetlbBytes().keySet());
        sizes.addAll(to.hugetlbBytes().keySet());
        List<Setting> settings = new ArrayList<>();
        for (String size : sizes) {
            Long after = to.hugetlbBytes().get(size);
            if (!Objects.equals(from.hugetlbBytes().get(size), after)) {
                settings.add(new Setting("hugetlb." + size + suffix, after == null ? unlimited : Long.toString(after)));
            }
        }
        return settings;
    }
}
