package io.weft.server.log;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Lines for machines: one object a line with time, level, source, message, the fields and the stack trace. */
final class JsonLines extends Lines {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Override
    String line(Instant time, String level, String source, String message, Map<String, String> fields, String trace) {
        Map<String, String> object = new LinkedHashMap<>();
        object.put("time", time.toString());
        object.put("level", level);
        object.put("source", source);
        object.put("message", message);
        fields.forEach(object::putIfAbsent);
        if (!trace.isEmpty()) {
            object.put("trace", trace);
        }
        return JSON.writeValueAsString(object) + "\n";
    }
}
