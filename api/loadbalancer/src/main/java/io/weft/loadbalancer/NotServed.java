package io.weft.loadbalancer;

import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kind;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** Objects that no node does anything for: there are none, and making one is refused with the reason. */
final class NotServed implements ResourceService<String> {
    /** Whatever is said of such an object. */
    private static final Kind<String> ANYTHING = new Kind<>() {
        @Override
        public JsonSchema schema() {
            return JsonSchema.ANY;
        }

        @Override
        public String read(JsonParser in, String field) {
            in.skipChildren();
            return "";
        }

        @Override
        public void write(String value, JsonGenerator out) {
            out.writeString(value);
        }
    };

    private final String reason;

    private NotServed(String reason) {
        this.reason = reason;
    }

    private static ResourceType<String> type(String member, String collection, String reason, String... attributes) {
        return ResourceType.named(member, collection, one -> one, new NotServed(reason))
                .attributes(Stream.of(attributes)
                        .map(name -> Attribute.<String, String>of(name, ANYTHING, _ -> null)
                                .postAndPut()
                                .nullable()
                                .build())
                        .toList())
                .offers(Operation.LIST, Operation.SHOW, Operation.CREATE)
                .unannounced()
                .build();
    }

    static ResourceType<String> healthMonitors() {
        return type(
                "healthmonitor",
                "healthmonitors",
                "healthmonitor: is not supported: nobody looks whether members answer; take one out with admin_state_up"
                        + " or weight 0.",
                "id",
                "name",
                "project_id",
                "tenant_id",
                "admin_state_up",
                "pool_id",
                "type",
                "delay",
                "timeout",
                "max_retries",
                "max_retries_down",
                "http_method",
                "http_version",
                "url_path",
                "expected_codes",
                "domain_name",
                "tags");
    }

    static ResourceType<String> l7Policies() {
        return type(
                "l7policy",
                "l7policies",
                "l7policy: is not supported: nobody reads what connections carry.",
                "id",
                "name",
                "description",
                "project_id",
                "tenant_id",
                "admin_state_up",
                "listener_id",
                "action",
                "position",
                "redirect_pool_id",
                "redirect_url",
                "redirect_prefix",
                "redirect_http_code",
                "rules",
                "tags");
    }

    @Override
    public String create(Call call, Body body) {
        throw new ApiException(ErrorCategory.UNSUPPORTED, "NotImplemented", reason);
    }

    @Override
    public Optional<String> find(Call call, String id) {
        return Optional.empty();
    }

    @Override
    public Iterable<String> list(Call call, Filters<String> filters) {
        return List.of();
    }
}
