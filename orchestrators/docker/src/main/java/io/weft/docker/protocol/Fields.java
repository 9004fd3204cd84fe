package io.weft.docker.protocol;

import io.weft.docker.protocol.Request.AddressInSubnet;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The members of a JSON object, read with their bounds. An engine writes what it does not know as null or as "". */
final class Fields {
    /** An engine's identifiers are 64 hexadecimal digits; a swarm's are 25 letters and digits. */
    private static final Pattern ID = Pattern.compile("[0-9a-zA-Z]{12,64}");

    private static final int MEMBERS = 256;
    private static final int LENGTH = 4096;

    private final JsonNode object;

    Fields(JsonNode object) {
        if (!object.isObject()) {
            throw new ProtocolException("a JSON object is needed");
        }
        if (object.size() > MEMBERS) {
            throw new ProtocolException("an object has at most " + MEMBERS + " members");
        }
        this.object = object;
    }

    List<String> names() {
        return List.copyOf(object.propertyNames());
    }

    String id(String name) {
        String text = text(name);
        if (!ID.matcher(text).matches()) {
            throw new ProtocolException(
                    name + ": " + Text.shown(text) + " is no identifier of 12 to 64 letters and digits");
        }
        return text;
    }

    /** A text that must be there. */
    String text(String name) {
        String text = textOr(name, "");
        if (text.isEmpty()) {
            throw new ProtocolException(name + " is needed");
        }
        return text;
    }

    String textOr(String name, String absent) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return absent;
        }
        if (!value.isString()) {
            throw new ProtocolException(name + " must be a text");
        }
        String text = value.asString();
        if (text.length() > LENGTH) {
            throw new ProtocolException(name + " has at most " + LENGTH + " characters");
        }
        return text;
    }

    /** A flag as JSON's boolean or, as options are, as a text. */
    boolean flag(String name) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return false;
        }
        if (value.isBoolean()) {
            return value.asBoolean();
        }
        return switch (textOr(name, "")) {
            case "true" -> true;
            case "false", "" -> false;
            default -> throw new ProtocolException(name + " must be true or false");
        };
    }

    int number(String name, int least, int most) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return check(name, 0, least, most);
        }
        if (!value.isInt()) {
            throw new ProtocolException(name + " must be a number from " + least + " to " + most);
        }
        return check(name, value.asInt(), least, most);
    }

    private static int check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ProtocolException(name + " must be a number from " + least + " to " + most);
        }
        return value;
    }

    Optional<IpAddress> address(String name) {
        return parsed(name, IpAddress::parse);
    }

    Optional<IpPrefix> prefix(String name) {
        return parsed(name, IpPrefix::parse);
    }

    Optional<MacAddress> mac(String name) {
        return parsed(name, MacAddress::parse);
    }

    /** An address with the length of a prefix. */
    Optional<AddressInSubnet> inSubnet(String name) {
        return parsed(name, text -> {
            int slash = text.indexOf('/');
            if (slash < 0) {
                throw new ProtocolException(name + ": " + Text.shown(text) + " has no length of its prefix");
            }
            IpAddress address = IpAddress.parse(text.substring(0, slash));
            // Only the form is of interest here: the address has bits beyond the prefix.
            int length = IpPrefix.parse((address.isIpv4() ? "0.0.0.0/" : "::/") + text.substring(slash + 1))
                    .length();
            return new AddressInSubnet(address, length);
        });
    }

    private <T> Optional<T> parsed(String name, Function<String, T> parse) {
        String text = textOr(name, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse.apply(text));
        } catch (InvalidException e) {
            throw new ProtocolException(name + ": " + e.getMessage());
        }
    }

    /** An object; one without members when it is absent. */
    Fields object(String name) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return new Fields(JsonNodeFactory.instance.objectNode());
        }
        if (!value.isObject()) {
            throw new ProtocolException(name + " must be an object");
        }
        return new Fields(value);
    }

    /** The objects of a list; none when it is absent. */
    List<Fields> objects(String name) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        if (!value.isArray() || value.size() > MEMBERS) {
            throw new ProtocolException(name + " must be a list of at most " + MEMBERS + " objects");
        }
        List<Fields> objects = new ArrayList<>();
        for (JsonNode each : value) {
            objects.add(new Fields(each));
        }
        return objects;
    }

    /** The members of an object that are texts; others, which are the engine's own labels, are left out. */
    Map<String, String> texts(String name) {
        Fields options = object(name);
        Map<String, String> texts = new LinkedHashMap<>();
        for (String option : options.names()) {
            if (options.object.path(option).isString()) {
                texts.put(option, options.textOr(option, ""));
            }
        }
        return Map.copyOf(texts);
    }
}
