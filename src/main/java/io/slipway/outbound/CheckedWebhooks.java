package io.slipway.outbound;

import io.slipway.control.Actor;
import io.slipway.control.Refused;
import io.slipway.control.Webhooks;
import io.slipway.release.Violation;
import java.net.UnknownHostException;
import java.util.List;

/** Refuses addresses that may not be sent to, when they are given rather than when a message fails. */
public final class CheckedWebhooks implements Webhooks {
    private final Webhooks stored;
    private final WebhookAddress addresses;

    public CheckedWebhooks(Webhooks stored, WebhookAddress addresses) {
        this.stored = stored;
        this.addresses = addresses;
    }

    @Override
    public Webhook create(String url, String secretBase64, List<String> kinds, Actor by) throws Refused {
        try {
            addresses.resolve(url);
        } catch (WebhookAddress.NotAllowed e) {
            throw refused(url, e.why(), "give an http or https address of a public host");
        } catch (UnknownHostException e) {
            throw refused(url, "the host's name does not resolve", "give a name that does");
        }
        return stored.create(url, secretBase64, kinds, by);
    }

    private static Refused refused(String url, String problem, String fix) {
        String given = url.length() > 200 ? url.substring(0, 200) : url;
        return new Refused(Refused.Kind.INVALID, problem, List.of(new Violation("url", given, problem, fix)));
    }

    @Override
    public List<Webhook> list() {
        return stored.list();
    }

    @Override
    public boolean delete(String id) {
        return stored.delete(id);
    }

    @Override
    public List<Delivery> deliveries(String webhook, int limit) {
        return stored.deliveries(webhook, limit);
    }

    @Override
    public boolean redeliver(String webhook, String delivery) {
        return stored.redeliver(webhook, delivery);
    }
}
