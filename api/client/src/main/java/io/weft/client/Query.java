package io.weft.client;

import io.weft.model.IpAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Which objects to list: all conditions hold, and values of one name are alternatives.
 *
 * @param conditions names and values in their order
 */
public record Query(List<Condition> conditions) {
    /** Every object that the caller may see. */
    public static final Query ALL = new Query(List.of());

    /** One parameter of a list. */
    public record Condition(String name, String value) {}

    public Query {
        conditions = List.copyOf(conditions);
    }

    /** Objects whose attribute is this. */
    public static Query where(String attribute, Object value) {
        return ALL.and(attribute, value);
    }

    /** Objects that have this name. */
    public static Query named(String name) {
        return where("name", name);
    }

    /** Objects that have all of these tags. */
    public static Query tagged(String... tags) {
        return where("tags", String.join(",", tags));
    }

    /** These, whose attribute is this also. */
    public Query and(String attribute, Object value) {
        List<Condition> more = new ArrayList<>(conditions);
        more.add(new Condition(attribute, value.toString()));
        return new Query(more);
    }

    /** Ports with an address of the subnet. */
    public Query onSubnet(UUID subnet) {
        return and("fixed_ips", "subnet_id=" + subnet);
    }

    /** Ports that have this address, or another one that is asked for so. */
    public Query withAddress(IpAddress address) {
        return and("fixed_ips", "ip_address=" + address);
    }

    /** As a part of a URL, without the question mark. */
    String encoded() {
        StringBuilder text = new StringBuilder();
        for (Condition condition : conditions) {
            text.append(text.isEmpty() ? "" : "&")
                    .append(encode(condition.name()))
                    .append('=')
                    .append(encode(condition.value()));
        }
        return text.toString();
    }

    /** A text as a part of a path or of a query. */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
