package io.weft.rest;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parameters after the question mark, in their order. */
final class Query {
    static final Query EMPTY = new Query(List.of());

    private final List<Map.Entry<String, String>> parameters;

    private Query(List<Map.Entry<String, String>> parameters) {
        this.parameters = parameters;
    }

    /** Reads a query in the form of {@code application/x-www-form-urlencoded}. */
    static Query parse(String raw) {
        if (raw.isEmpty()) {
            return EMPTY;
        }
        List<Map.Entry<String, String>> parameters = new ArrayList<>();
        int start = 0;
        while (start <= raw.length()) {
            int end = raw.indexOf('&', start);
            if (end < 0) {
                end = raw.length();
            }
            if (end > start) {
                String pair = raw.substring(start, end);
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                parameters.add(Map.entry(decode(name), decode(value)));
            }
            start = end + 1;
        }
        return new Query(parameters);
    }

    private static String decode(String text) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return text;
        }
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw RestError.BAD_REQUEST.with("The query parameter '" + text + "' is not URL-encoded");
        }
    }

    /** All values of a parameter that are not empty. */
    List<String> all(String name) {
        List<String> values = new ArrayList<>(0);
        for (Map.Entry<String, String> parameter : parameters) {
            if (parameter.getKey().equals(name) && !parameter.getValue().isEmpty()) {
                values.add(parameter.getValue());
            }
        }
        return values;
    }

    Optional<String> first(String name) {
        for (Map.Entry<String, String> parameter : parameters) {
            if (parameter.getKey().equals(name)) {
                return Optional.of(parameter.getValue());
            }
        }
        return Optional.empty();
    }

    /** The values by name. */
    Map<String, List<String>> grouped() {
        Map<String, List<String>> grouped = new LinkedHashMap<>();
        for (Map.Entry<String, String> parameter : parameters) {
            grouped.computeIfAbsent(parameter.getKey(), name -> new ArrayList<>(1))
                    .add(parameter.getValue());
        }
        return grouped;
    }

    /** This query with another marker and direction, encoded. */
    String page(Optional<String> marker, boolean reverse) {
        List<Map.Entry<String, String>> page = new ArrayList<>(parameters);
        for (Iterator<Map.Entry<String, String>> each = page.iterator(); each.hasNext(); ) {
            String name = each.next().getKey();
            if (name.equals("marker") || name.equals("page_reverse")) {
                each.remove();
            }
        }
        marker.ifPresent(id -> page.add(Map.entry("marker", id)));
        if (reverse) {
            page.add(Map.entry("page_reverse", "True"));
        }
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> parameter : page) {
            text.append(text.isEmpty() ? "" : "&")
                    .append(URLEncoder.encode(parameter.getKey(), StandardCharsets.UTF_8))
                    .append('=')
                    .append(URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8));
        }
        return text.toString();
    }
}
