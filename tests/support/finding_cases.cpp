// SPDX-License-Identifier: MIT
#include "tests/support/finding_cases.h"

#include <boost/filesystem/operations.hpp>
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dataset/masks/mask.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/png.h"
#include "tests/support/png_writer.h"

namespace angiobench::test {
namespace {

constexpr int kFrames = 6;

// What is drawn: objects as squares that move, each video its own way.
struct Scene {
  int width = 48;
  int height = 40;
  int speed = 2;  // pixels a frame
  std::vector<int> ids = {1, 2};
  int grow = 0;  // 1: a prediction, which is a pixel larger than the truth
};

void draw(Mask& mask, int left, int top, int side, int label) {
  for (int y = std::max(0, top); y < std::min(mask.height(), top + side); ++y) {
    for (int x = std::max(0, left); x < std::min(mask.width(), left + side); ++x)
      mask.at(x, y) = static_cast<std::uint8_t>(label);
  }
}

Mask scene_mask(const Scene& scene, int time) {
  Mask mask(scene.width, scene.height);
  const int scale = scene.width / 48;
  for (std::size_t i = 0; i < scene.ids.size(); ++i) {
    const int left = scale * (3 + scene.speed * time);
    const int top = scale * (4 + 18 * static_cast<int>(i));
    draw(mask, left, top, scale * 12 + scene.grow * scale, scene.ids[i]);
  }
  return mask;
}

std::string frame_name(int number) {
  const std::string digits = std::to_string(number);
  return std::string(5 - digits.size(), '0') + digits;
}

void write(const TempFolder& folder, const std::string& path,
           const std::vector<std::uint8_t>& bytes) {
  folder.write(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void write(const TempFolder& folder, const std::string& path, const Mask& mask) {
  write(folder, path, encode_mask_png(mask.view(), voc_palette()));
}

void remove(const TempFolder& folder, const std::string& path) {
  boost::filesystem::remove_all(folder / path);
}

void write_video(const TempFolder& folder, const std::string& place, const Scene& scene,
                 int first_number = 0) {
  for (int time = 0; time < kFrames; ++time) {
    write(folder, place + "/" + frame_name(first_number + time) + ".png", scene_mask(scene, time));
  }
}

// A prediction: the given first mask, then masks that are a little too large.
void write_prediction(const TempFolder& folder, const std::string& place, Scene scene) {
  write(folder, place + "/00000.png", scene_mask(scene, 0));
  scene.grow = 1;
  for (int time = 1; time < kFrames; ++time)
    write(folder, place + "/" + frame_name(time) + ".png", scene_mask(scene, time));
}

// The first bytes of a JPEG: SOI, a frame header with this size.
std::string jpeg_head(int width, int height) {
  std::string bytes = "\xFF\xD8\xFF\xC0";
  bytes += std::string("\x00\x11\x08", 3);
  for (const int value : {height, width}) {
    bytes += static_cast<char>(value >> 8);
    bytes += static_cast<char>(value & 0xFF);
  }
  return bytes + std::string(16, '\x01');
}

// --- data sets ---

void flat(const TempFolder& folder) {
  write_video(folder, "data/a", {});
  Scene other;
  other.speed = 3;
  write_video(folder, "data/b", other);
}

const std::string kDavis = "data/Annotations/480p/";

void davis(const TempFolder& folder) {
  write_video(folder, kDavis + "a", {});
  Scene other;
  other.speed = 3;
  write_video(folder, kDavis + "b", other);
  folder.write("data/ImageSets/2017/val.txt", "a\nb\n");
}

void davis_images(const TempFolder& folder, int count, int width = 48) {
  for (const char* const name : {"a", "b"}) {
    for (int i = 0; i < count; ++i) {
      folder.write("data/JPEGImages/480p/" + std::string(name) + "/" + frame_name(i) + ".jpg",
                   jpeg_head(width, 40));
    }
  }
}

const std::string kMosxav = "data/test/";

Scene angiogram(int speed) {
  Scene scene;
  scene.width = 512;
  scene.height = 512;
  scene.speed = speed;
  return scene;
}

std::string first_mask_json(const std::string& v00) {
  return R"({"videos": {"v00": )" + v00 +
         R"(, "v01": {"frames": {"00000": {"objects": ["1", "2"]}}, "seen_objects": ["1"], "unseen_objects": ["2"]}}})";
}

const std::string kPrompts =
    R"({"frames": {"00000": {"objects": ["1", "2"]}}, "seen_objects": ["1"], "unseen_objects": ["2"]})";

void mosxav(const TempFolder& folder, const std::string& v00 = kPrompts) {
  write_video(folder, kMosxav + "Annotations/v00", angiogram(2));
  write_video(folder, kMosxav + "Annotations/v01", angiogram(3));
  folder.write(kMosxav + "ImageSets/test.txt", "v00\nv01\n");
  folder.write(kMosxav + "ImageSets/test_first_mask.json", first_mask_json(v00));
}

// Semantic masks for mosxav(): object 1 is a vessel, object 2 a catheter.
Mask semantic_of(const Mask& instances, int first_class = 1, int second_class = 3) {
  Mask semantic(instances.width(), instances.height());
  for (int y = 0; y < instances.height(); ++y) {
    for (int x = 0; x < instances.width(); ++x) {
      const int id = instances.at(x, y);
      semantic.at(x, y) = static_cast<std::uint8_t>(id == 0   ? 0
                                                    : id == 1 ? first_class
                                                              : second_class);
    }
  }
  return semantic;
}

// In the colours of MOSXAV's classes, and one more for a class that it does not have.
void write_semantic(const TempFolder& folder, const std::string& path, const Mask& mask) {
  const std::vector<Rgb> colors = {{0, 0, 0},   {85, 170, 255}, {170, 255, 0}, {249, 193, 0},
                                   {255, 0, 0}, {244, 108, 59}, {20, 60, 120}};
  write(folder, path, encode_mask_png(mask.view(), colors));
}

void semantic(const TempFolder& folder) {
  for (const int video : {0, 1}) {
    for (int time = 0; time < kFrames; ++time) {
      write_semantic(folder,
                     kMosxav + "Annotations_Semantic/v0" + std::to_string(video) + "/" +
                         frame_name(time) + ".png",
                     semantic_of(scene_mask(angiogram(2 + video), time)));
    }
  }
}

void late_object(const TempFolder& folder, const std::string& place, int speed) {
  Scene early = angiogram(speed);
  early.ids = {1};
  for (int time = 0; time < 2; ++time)
    write(folder, place + "/" + frame_name(time) + ".png", scene_mask(early, time));
}

void youtube(const TempFolder& folder, const std::string& start_of_2) {
  write_video(folder, "data/valid/Annotations/a", {});
  folder.write(
      "data/valid/meta.json",
      R"({"videos": {"a": {"objects": {"1": {"category": "ape", "frames": ["00000"]}, "2": {"category": "dog", "frames": [")" +
          start_of_2 + R"("]}}}}})");
}

// Its frames, one more than masks.
void youtube_frames(const TempFolder& folder) {
  for (int i = 0; i <= kFrames; ++i)
    folder.write("data/valid/JPEGImages/a/" + frame_name(i) + ".jpg", jpeg_head(48, 40));
}

Mask with_label_255(const Mask& mask) {
  Mask grey = mask;
  for (int y = 0; y < grey.height(); ++y) {
    for (int x = 0; x < grey.width(); ++x) grey.at(x, y) = grey.at(x, y) > 0 ? 255 : 0;
  }
  return grey;
}

// As after a resize with interpolation: between object and background come values that are neither.
Mask anti_aliased(const Mask& mask) {
  Mask blurred = mask;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 1; x + 1 < mask.width(); ++x) {
      const int sum = 40 * mask.at(x - 1, y) + 40 * mask.at(x, y) + 40 * mask.at(x + 1, y);
      blurred.at(x, y) = static_cast<std::uint8_t>(sum / 3);
    }
  }
  return blurred;
}

std::vector<std::uint8_t> truncated(const Mask& mask) {
  std::vector<std::uint8_t> bytes = encode_mask_png(mask.view(), voc_palette());
  bytes.resize(bytes.size() / 2 + 20);
  return bytes;
}

std::vector<std::uint8_t> other_palette(const Mask& mask) {
  const std::vector<Rgb> palette = {{0, 0, 0}, {0, 128, 0}, {128, 0, 0}, {255, 255, 0}};
  return encode_mask_png(mask.view(), palette);
}

// Colours that the data set does not have.
std::vector<std::uint8_t> foreign_palette(const Mask& mask) {
  const std::vector<Rgb> palette = {{0, 0, 0}, {250, 90, 10}, {10, 90, 250}, {90, 250, 10}};
  return encode_mask_png(mask.view(), palette);
}

// Every label another one.
Mask relabelled(const Mask& mask, const std::array<int, 3>& labels) {
  Mask other = mask;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x)
      other.at(x, y) = static_cast<std::uint8_t>(labels[mask.at(x, y)]);
  }
  return other;
}

void dias(const TempFolder& folder) {
  for (const int number : {7, 12}) {
    Scene scene;
    scene.speed = number;
    scene.ids = {255};
    write(folder, "data/test/labels/label_s" + std::to_string(number) + ".png",
          write_png(scene_mask(scene, 1).view(), PngKind{.color_type = 0}));
    for (const int frame : {0, 1}) {
      folder.write("data/test/images/image_s" + std::to_string(number) + "_i" +
                       std::to_string(frame) + ".png",
                   "");
    }
  }
}

std::vector<std::uint8_t> planes(std::uint8_t value,
                                 const std::vector<std::uint64_t>& shape = {2, 4, 4}) {
  std::vector<std::uint8_t> values(32);
  values[5] = values[20] = 1;
  values[21] = value;
  return encode_npy(shape, values);
}

void paxray(const TempFolder& folder, const std::string& image,
            const std::string& first_label = "lung") {
  write(folder, "data/labels/a.npy", planes(1));
  folder.write("data/images/a.png", "");
  folder.write("data/paxray.json", R"({"label_dict": {"0": ")" + first_label +
                                       R"(", "1": "rib"}, "test": [{"image": "images/)" + image +
                                       R"(", "target": "labels/a.npy"}]})");
}

void sa_v(const TempFolder& folder) {
  for (const int object : {0, 1}) {
    Scene scene;
    scene.ids = object == 0 ? std::vector<int>{1} : std::vector<int>{0, 1};
    write_video(folder, "data/Annotations_6fps/sav_1/00" + std::to_string(object), scene);
  }
  folder.write("data/sav_val.txt", "sav_1\n");
}

void cadica(const TempFolder& folder, const std::string& box) {
  const std::string video = "data/selectedVideos/p1/v1/";
  write(folder, video + "input/p1_v1_00001.png",
        write_png(Mask(48, 40).view(), PngKind{.color_type = 0}));
  folder.write(video + "groundtruth/p1_v1_00001.txt", box);
}

// --- submissions ---

void predict_flat(const TempFolder& folder) {
  flat(folder);
  write_prediction(folder, "predictions/a", {});
  Scene other;
  other.speed = 3;
  write_prediction(folder, "predictions/b", other);
}

void predict_davis(const TempFolder& folder) {
  davis(folder);
  write_prediction(folder, "predictions/a", {});
  Scene other;
  other.speed = 3;
  write_prediction(folder, "predictions/b", other);
}

// Maps of DIAS: probable where the truth is, a little beside it.
Mask map_of(int number) {
  Scene scene;
  scene.speed = number;
  scene.grow = 1;
  scene.ids = {230};
  Mask map = scene_mask(scene, 1);
  draw(map, 2, 30, 5, 20);
  return map;
}

std::string map_path(int number) { return "predictions/label_s" + std::to_string(number) + ".png"; }

void predict_dias(const TempFolder& folder) {
  dias(folder);
  for (const int number : {7, 12})
    write(folder, map_path(number), write_png(map_of(number).view(), PngKind{.color_type = 0}));
}

// As numpy.save writes an array of another type: two bytes a value.
std::string float_array() {
  std::string header = "{'descr': '<f2', 'fortran_order': False, 'shape': (1, 2, 4, 4), }";
  header.resize(117, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(header.size()) + '\0' + header +
         std::string(64, '\x3C');
}

void predict_paxray(const TempFolder& folder) {
  paxray(folder, "a.png");
  write(folder, "predictions/a.npy", planes(0));
}

void predict_semantic(const TempFolder& folder) {
  semantic(folder);
  folder.write(kMosxav + "ImageSets/test.txt", "v00\nv01\n");
  for (const int video : {0, 1}) {
    for (int time = 0; time < kFrames; ++time) {
      Scene scene = angiogram(2 + video);
      scene.grow = 1;
      write_semantic(folder,
                     "predictions/v0" + std::to_string(video) + "/" + frame_name(time) + ".png",
                     semantic_of(scene_mask(scene, time)));
    }
  }
}

// A semantic mask as a picture in its colours.
std::vector<std::uint8_t> painted(const Mask& mask, const Rgb& vessel) {
  std::vector<Rgb> pixels;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x)
      pixels.push_back(mask.at(x, y) == 0 ? Rgb{} : mask.at(x, y) == 1 ? vessel : Rgb{249, 193, 0});
  }
  return write_rgb_png(mask.width(), mask.height(), pixels);
}

constexpr FindingCase kCases[] = {
    {"D001", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       if (variant == Variant::bad) remove(folder, "data/ImageSets");
     }},
    {"D002", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       folder.write("data/ImageSets/2017/train.txt", variant == Variant::bad ? "a\nc\n" : "c\n");
     }},
    {"D003", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       write_video(folder, kDavis + "c", {});
       if (variant == Variant::cured) folder.write("data/ImageSets/2017/train.txt", "c\n");
     }},
    {"D004", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       if (variant == Variant::bad) folder.write("data/ImageSets/2017/val.txt", "a\nb\na\n");
     }},
    {"D005", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       if (variant == Variant::bad) folder.write("data/ImageSets/2017/val.txt", "a\nb\nc\n");
     }},
    {"D006", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       boost::filesystem::create_directories(folder / "data/c");
       Scene third;
       third.speed = 1;
       if (variant == Variant::cured) write_video(folder, "data/c", third);
     }},
    {"D007", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       if (variant == Variant::cured) return;
       for (int time = 1; time < kFrames; ++time)
         remove(folder, "data/a/" + frame_name(time) + ".png");
     }},
    {"D008", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       davis_images(folder, kFrames);
       if (variant == Variant::bad) remove(folder, kDavis + "a/00003.png");
     }},
    {"D009", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       davis_images(folder, kFrames);
       if (variant == Variant::bad) remove(folder, "data/JPEGImages/480p/a/00003.jpg");
     }},
    {"D010", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       if (variant == Variant::bad) remove(folder, kDavis + "a/00003.png");
     }},
    {"D011", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       if (variant == Variant::cured) return;
       remove(folder, kDavis + "a");
       write_video(folder, kDavis + "a", {}, 1);
     }},
    {"D012", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       if (variant == Variant::bad) write(folder, "data/a/3.png", scene_mask({}, 3));
     }},
    {"D013", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       for (int time = 0; time < kFrames; ++time) {
         write(folder,
               "data/c/" +
                   (variant == Variant::bad ? std::to_string(7 + time) : frame_name(7 + time)) +
                   ".png",
               scene_mask({}, 2 * time));
       }
     }},
    {"D014", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       if (variant == Variant::bad) folder.write("data/a/notes.txt", "done by two readers");
     }},
    {"D015", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       Scene third;
       third.speed = variant == Variant::bad ? 3 : 1;
       write_video(folder, "data/c", third);
     }},
    {"D016", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       mosxav(folder);
       remove(folder, kMosxav + "ImageSets/test.txt");
       if (variant == Variant::bad)
         folder.write(kMosxav + "ImageSets/test_first_mask.json",
                      first_mask_json(kPrompts + R"(, "v09": )" + kPrompts));
     }},
    {"D017", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       write_video(folder, kDavis + "blackswan", {});
       Scene other;
       other.speed = 3;
       write_video(folder, kDavis + "bmx-trees", other);
       if (variant == Variant::cured)
         folder.write("data/ImageSets/2017/val.txt", "blackswan\nbmx-trees\n");
     }},
    {"D018", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       const int count = variant == Variant::bad ? 12 : 11;  // of the split's twelve
       std::string list;
       std::string json;
       for (int i = 0; i < count; ++i) {
         const std::string name = std::string(i < 10 ? "v0" : "v") + std::to_string(i);
         write_video(folder, kMosxav + "Annotations/" + name, angiogram(1 + i % 6), 0);
         Mask last = scene_mask(angiogram(1 + i % 6), i / 6);
         write(folder, kMosxav + "Annotations/" + name + "/" + frame_name(kFrames) + ".png", last);
         list += name + "\n";
         json += (i == 0 ? "" : ", ") + ('"' + name + "\": " + kPrompts);
       }
       folder.write(kMosxav + "ImageSets/test.txt", list);
       folder.write(kMosxav + "ImageSets/test_first_mask.json", R"({"videos": {)" + json + "}}");
     }},
    {"D019", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       if (variant == Variant::bad) write(folder, "data/a/00003 (1).png", scene_mask({}, 3));
     }},
    {"D020", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       if (variant == Variant::bad) write(folder, "data/a/00003.png", truncated(scene_mask({}, 3)));
     }},
    {"D021", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       Scene larger;
       larger.width = 56;
       if (variant == Variant::bad) write(folder, "data/a/00003.png", scene_mask(larger, 3));
     }},
    {"D022", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       davis_images(folder, kFrames, variant == Variant::bad ? 96 : 48);
     }},
    {"D023", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       if (variant == Variant::bad)
         write(folder, kDavis + "a/00003.png",
               write_png(scene_mask({}, 3).view(), PngKind{.color_type = 0}));
     }},
    {"D024", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       if (variant == Variant::bad)
         write(folder, kDavis + "a/00003.png",
               write_png(scene_mask({}, 3).view(), PngKind{.bit_depth = 4}));
     }},
    {"D025", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       if (variant == Variant::bad)
         write(folder, kDavis + "a/00003.png", other_palette(scene_mask({}, 3)));
     }},
    {"D026", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       if (variant == Variant::bad)
         write(folder, "data/a/00003.png", anti_aliased(scene_mask({}, 3)));
     }},
    {"D027", "davis2016-val",
     [](const TempFolder& folder, Variant variant) {
       for (int time = 0; time < kFrames; ++time) {
         Mask mask = with_label_255(scene_mask({}, time));
         if (variant == Variant::bad && time == 3) draw(mask, 36, 30, 6, 7);
         write(folder, kDavis + "a/" + frame_name(time) + ".png",
               write_png(mask.view(), PngKind{.color_type = 0}));
       }
       folder.write("data/ImageSets/480p/val.txt",
                    "/JPEGImages/480p/a/00000.jpg /Annotations/480p/a/00000.png\n");
     }},
    {"D028", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       Mask mask = scene_mask({}, 3);
       if (variant == Variant::bad) draw(mask, 40, 0, 8, 255);
       write(folder, kDavis + "a/00003.png", mask);
     }},
    {"D029", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       if (variant == Variant::cured) return;
       for (const int label : {0, 1, 2}) {
         for (const char* const name : {"catheter", "vessel"})
           write(folder, "data/c/task-" + std::to_string(label) + "-" + name + "-0.png",
                 scene_mask({.speed = 1}, label));
       }
     }},
    {"D030", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       const std::string groups = R"("seen_objects": ["1"], "unseen_objects": ["2"]})";
       const std::string first = R"({"frames": {"00000": {"objects": ["1"]})";
       mosxav(folder, variant == Variant::bad
                          ? first + "}, " + groups
                          : first + R"(, "00002": {"objects": ["2"]}}, )" + groups);
       late_object(folder, kMosxav + "Annotations/v00", 2);
     }},
    {"D031", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       mosxav(folder,
              variant == Variant::bad
                  ? R"({"frames": {"00000": {"objects": ["1", "2"]}, "00009": {"objects": []}}})"
                  : kPrompts);
     }},
    {"D032", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       mosxav(folder, variant == Variant::bad
                          ? R"({"frames": {"00000": {"objects": ["1", "2", "5"]}}})"
                          : kPrompts);
     }},
    {"D033", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       mosxav(folder,
              variant == Variant::bad
                  ? R"({"frames": {"00000": {"objects": ["1"]}, "00002": {"objects": ["2"]}}})"
                  : kPrompts);
     }},
    {"D034", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       mosxav(folder);
       if (variant == Variant::bad)
         folder.write(kMosxav + "ImageSets/test_first_mask.json",
                      R"({"videos": {"v00": )" + kPrompts + "}}");
     }},
    {"D035", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       mosxav(folder);
       if (variant == Variant::bad)
         folder.write(kMosxav + "ImageSets/test_first_mask.json",
                      first_mask_json(kPrompts + R"(, "v09": )" + kPrompts));
     }},
    {"D036", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       mosxav(
           folder,
           variant == Variant::bad
               ? R"({"frames": {"00000": {"objects": ["1", "2"]}}, "seen_objects": ["1"], "unseen_objects": []})"
               : kPrompts);
     }},
    {"D037", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       Scene scene;
       scene.ids = {1, variant == Variant::bad ? 4 : 2};
       write_video(folder, "data/a", scene);
     }},
    {"D038", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       Mask mask = scene_mask({}, 0);
       draw(mask, 40, 2, variant == Variant::bad ? 2 : 4, 3);
       write(folder, "data/a/00000.png", mask);
     }},
    {"D039", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       Scene scene;
       scene.speed = 1;
       if (variant == Variant::bad) scene.ids.clear();
       write_video(folder, "data/c", scene);
     }},
    {"D040", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       mosxav(folder);
       if (variant == Variant::bad)
         folder.write(kMosxav + "ImageSets/test_first_mask.json",
                      R"({"videos": {"v00": {"frames": )");
     }},
    {"D041", "youtube-vos-2019-valid",
     [](const TempFolder& folder, Variant variant) {
       youtube(folder, variant == Variant::bad ? "00025" : "00000");
     }},
    {"D045", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       if (variant == Variant::cured) return;
       Scene exchanged;
       exchanged.ids = {2, 1};
       for (const int time : {2, 4})
         write(folder, "data/a/" + frame_name(time) + ".png", scene_mask(exchanged, time));
     }},
    {"D046", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       if (variant == Variant::cured) return;
       for (int time = 0; time < kFrames; ++time) {
         Mask mask = scene_mask({}, time);
         draw(mask, 40, 0, 8, 255);
         write(folder, "data/a/" + frame_name(time) + ".png", mask);
       }
     }},
    {"D047", "flat",
     [](const TempFolder& folder, Variant variant) {
       flat(folder);
       std::vector<Rgb> pixels(48 * 40, Rgb{0, 0, 0});
       std::fill(pixels.begin() + 500, pixels.begin() + 900, Rgb{48, 112, 32});
       if (variant == Variant::bad)
         write(folder, "data/a/00003.png", write_rgb_png(48, 40, pixels));
     }},
    {"D050", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       mosxav(folder);
       semantic(folder);
       if (variant == Variant::bad)
         write_semantic(folder, kMosxav + "Annotations_Semantic/v00/00003.png",
                        semantic_of(scene_mask(angiogram(2), 3), 1, 6));
     }},
    {"D051", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       mosxav(folder);
       semantic(folder);
       if (variant == Variant::bad)
         write_semantic(folder, kMosxav + "Annotations_Semantic/v00/00003.png",
                        semantic_of(scene_mask(angiogram(2), 3), 1, 0));
     }},
    {"D052", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       mosxav(folder);
       semantic(folder);
       if (variant == Variant::bad) remove(folder, kMosxav + "Annotations_Semantic/v00/00003.png");
     }},
    {"D053", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       mosxav(folder);
       semantic(folder);
       if (variant == Variant::bad)
         write_semantic(folder, kMosxav + "Annotations_Semantic/v00/00003.png",
                        semantic_of(scene_mask(angiogram(2), 3), 2, 3));
     }},
    {"D054", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       mosxav(folder);
       semantic(folder);
       if (variant == Variant::bad)
         write(folder, kMosxav + "Annotations_Semantic/v00/00003.png",
               semantic_of(scene_mask(angiogram(2), 3)));
     }},
    {"D055", "mosxav-semantic-test",
     [](const TempFolder& folder, Variant variant) {
       semantic(folder);
       folder.write(kMosxav + "ImageSets/test.txt", "v00\nv01\n");
       const std::vector<Rgb> exchanged = {{0, 0, 0}, {249, 193, 0}, {170, 255, 0}, {85, 170, 255}};
       if (variant == Variant::bad)
         write(folder, kMosxav + "Annotations_Semantic/v00/00003.png",
               encode_mask_png(semantic_of(scene_mask(angiogram(2), 3)).view(), exchanged));
     }},
    {"D060", "cadica",
     [](const TempFolder& folder, Variant variant) {
       cadica(folder, "10 12 8 8 p0_20\n");
       if (variant == Variant::cured) write_video(folder, "data/masks/p1_v1", {});
     }},
    {"D061", "cadica",
     [](const TempFolder& folder, Variant variant) {
       cadica(folder, variant == Variant::bad ? "10 12 80 8 p0_20\n" : "10 12 8 8 p0_20\n");
       write_video(folder, "data/masks/p1_v1", {});
     }},
    {"D062", "dias-test",
     [](const TempFolder& folder, Variant variant) {
       dias(folder);
       if (variant == Variant::bad) remove(folder, "data/test/labels/label_s7.png");
     }},
    {"D063", "paxray-test",
     [](const TempFolder& folder, Variant variant) {
       paxray(folder, "a.png");
       if (variant == Variant::bad) write(folder, "data/labels/a.npy", planes(3));
     }},
    {"D064", "paxray-test",
     [](const TempFolder& folder, Variant variant) {
       paxray(folder, variant == Variant::bad ? "b.png" : "a.png");
     }},
    {"D065", "sa-v-val",
     [](const TempFolder& folder, Variant variant) {
       sa_v(folder);
       if (variant == Variant::bad)
         write(folder, "data/Annotations_6fps/sav_1/001/00003.png", scene_mask({}, 3));
     }},
    {"D066", "dias-test",
     [](const TempFolder& folder, Variant variant) {
       dias(folder);
       Mask label = scene_mask({.ids = {255}}, 1);
       draw(label, 40, 30, 4, variant == Variant::bad ? 254 : 255);
       write(folder, "data/test/labels/label_s7.png",
             write_png(label.view(), PngKind{.color_type = 0}));
     }},
    {"D067", "paxray-test",
     [](const TempFolder& folder, Variant variant) {
       paxray(folder, "a.png", variant == Variant::bad ? "Background" : "lung");
     }},
    {"D070", "youtube-vos-2019-valid",
     [](const TempFolder& folder, Variant variant) {
       youtube(folder, "00000");
       youtube_frames(folder);
       std::vector<std::uint16_t> pixels(48 * 40);
       for (std::size_t i = 0; i < pixels.size(); ++i)
         pixels[i] = static_cast<std::uint16_t>((variant == Variant::bad ? 2 : 32) * i);
       const std::string frames = "data/valid/JPEGImages/a/";
       for (int i = 0; i < kFrames; ++i) {
         remove(folder, frames + frame_name(i) + ".jpg");
         write(folder, frames + frame_name(i) + ".png", write_grey16_png(48, 40, pixels));
       }
     }},
    {"D071", "youtube-vos-2019-valid",
     [](const TempFolder& folder, Variant variant) {
       youtube(folder, "00000");
       youtube_frames(folder);
       const auto blue = [&](int grey) {
         return static_cast<std::uint8_t>(variant == Variant::bad ? grey / 4 : grey);
       };
       std::vector<Rgb> pixels(48 * 40);
       for (std::size_t i = 0; i < pixels.size(); ++i) {
         const auto grey = static_cast<std::uint8_t>(i % 256);
         pixels[i] = {grey, grey, blue(grey)};
       }
       remove(folder, "data/valid/JPEGImages/a/00000.jpg");
       write(folder, "data/valid/JPEGImages/a/00000.png", write_rgb_png(48, 40, pixels));
     }},
    {"D072", "youtube-vos-2019-valid",
     [](const TempFolder& folder, Variant variant) {
       youtube(folder, "00000");
       youtube_frames(folder);
       if (variant == Variant::bad)
         folder.write("data/valid/JPEGImages/a/" + frame_name(kFrames) + ".jpg", jpeg_head(96, 80));
     }},
    {"P001", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::bad) remove(folder, "predictions/b");
     }},
    {"P002", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::bad) write_prediction(folder, "predictions/c", {});
     }},
    {"P003", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::bad) remove(folder, "predictions/a/00003.png");
     }},
    {"P004", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::bad) write(folder, "predictions/a/00009.png", scene_mask({}, 3));
     }},
    {"P005", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::cured) return;
       remove(folder, "predictions/a");
       write_video(folder, "predictions/a", {}, 1);
       // The masks that have an expected name show the frame before; that is the same mistake.
       for (int time = 1; time < kFrames; ++time)
         write(folder, "predictions/a/" + frame_name(time) + ".png", scene_mask({.grow = 1}, time));
     }},
    {"P006", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::cured) return;
       remove(folder, "predictions/a");
       for (int time = 0; time < kFrames; ++time)
         write(folder, "predictions/a/" + std::to_string(time) + ".png", scene_mask({}, time));
     }},
    {"P007", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::bad) write(folder, "predictions/a/2.png", scene_mask({}, 2));
     }},
    {"P008", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::bad) folder.write("predictions/a/00003.jpg", jpeg_head(48, 40));
     }},
    {"P009", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::cured) return;
       remove(folder, "predictions");
       folder.write("predictions/readme.txt", "masks follow by mail");
     }},
    {"P010", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::bad)
         write(folder, "predictions/a/00003.png", truncated(scene_mask({}, 3)));
     }},
    {"P011", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       Scene smaller;
       smaller.height = 24;
       smaller.ids = {1, 2};
       if (variant == Variant::bad)
         write(folder, "predictions/a/00003.png", scene_mask(smaller, 3));
     }},
    {"P012", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       const std::vector<Rgb> pixels(48 * 40, Rgb{128, 0, 0});
       if (variant == Variant::bad)
         write(folder, "predictions/a/00003.png", write_rgb_png(48, 40, pixels));
     }},
    {"P013", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       const std::vector<std::uint16_t> pixels(48 * 40, 1);
       if (variant == Variant::bad)
         write(folder, "predictions/a/00003.png", write_grey16_png(48, 40, pixels));
     }},
    {"P014", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       predict_davis(folder);
       if (variant == Variant::bad)
         write(folder, "predictions/a/00003.png", foreign_palette(scene_mask({.grow = 1}, 3)));
     }},
    {"P015", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::bad)
         write(folder, "predictions/a/00003.png", anti_aliased(scene_mask({}, 3)));
     }},
    {"P016", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       predict_davis(folder);
       Mask mask = scene_mask({.grow = 1}, 3);
       if (variant == Variant::bad) draw(mask, 36, 2, 8, 9);
       write(folder, "predictions/a/00003.png", mask);
     }},
    {"P017", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       Mask mask = scene_mask({.grow = 1}, 3);
       if (variant == Variant::bad) draw(mask, 36, 2, 8, 3);
       write(folder, "predictions/a/00003.png", mask);
     }},
    {"P018", "mosxav-test",
     [](const TempFolder& folder, Variant variant) {
       mosxav(folder, R"({"frames": {"00000": {"objects": ["1"]}, "00002": {"objects": ["2"]}}})");
       late_object(folder, kMosxav + "Annotations/v00", 2);
       for (const int video : {0, 1})
         write_prediction(folder, "predictions/v0" + std::to_string(video), angiogram(2 + video));
       Scene early = angiogram(2);
       early.ids = {1};
       write(folder, "predictions/v00/00000.png", scene_mask(early, 0));
       early.grow = 1;
       if (variant == Variant::cured)
         write(folder, "predictions/v00/00001.png", scene_mask(early, 1));
     }},
    {"P019", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       Scene one;
       one.ids = {1};
       one.grow = 1;
       if (variant == Variant::cured) return;
       for (int time = 1; time < kFrames; ++time)
         write(folder, "predictions/a/" + frame_name(time) + ".png", scene_mask(one, time));
     }},
    {"P020", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::bad)
         write(folder, "predictions/a/00000.png", scene_mask({.grow = 1}, 0));
     }},
    {"P021", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::cured) return;
       for (const int time : {1, 3, 4})
         write(folder, "predictions/a/" + frame_name(time) + ".png",
               relabelled(scene_mask({.grow = 1}, time), {0, 2, 1}));
     }},
    {"P022", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::cured) return;
       for (int time = 0; time < kFrames; ++time) {
         Scene scene;
         scene.grow = time == 0 ? 0 : 1;
         const Mask mask = relabelled(scene_mask(scene, time), {0, 255, 254});
         write(folder, "predictions/a/" + frame_name(time) + ".png",
               write_png(mask.view(), PngKind{.color_type = 0}));
       }
       // Its prompt is not the given one either, which is the same mistake.
       write(folder, "predictions/a/00000.png", Mask(48, 40));
     }},
    {"P023", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::cured) return;
       for (int time = 1; time < kFrames; ++time)
         write(folder, "predictions/a/" + frame_name(time) + ".png",
               relabelled(scene_mask({.grow = 1}, time), {1, 1, 2}));
     }},
    {"P024", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       predict_davis(folder);
       if (variant == Variant::bad)
         write(folder, "predictions/a/00003.png", other_palette(scene_mask({.grow = 1}, 3)));
     }},
    {"P026", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::cured) return;
       boost::filesystem::create_symlink(folder / "data/a/00003.png",
                                         folder / "predictions/a/00003 link.png");
     }},
    {"P027", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::cured) return;
       for (int time = 0; time < kFrames; ++time)
         boost::filesystem::rename(
             folder / ("predictions/a/" + frame_name(time) + ".png"),
             folder / ("predictions/a/out" + frame_name(40 + 7 * time) + ".png"));
     }},
    {"P028", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::cured) return;
       remove(folder, "predictions/a");
       for (int time = 0; time < kFrames; ++time) {
         for (const char* const name : {"catheter", "vessel"})
           write(folder, "predictions/a/task-" + std::to_string(time) + "-" + name + "-0.png",
                 scene_mask({.grow = 1}, time));
       }
     }},
    {"P030", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::bad) write_video(folder, "predictions/a", {});
     }},
    {"P031", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       Scene nothing;
       nothing.ids.clear();
       if (variant == Variant::bad) write_video(folder, "predictions/a", nothing);
     }},
    {"P032", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::cured) return;
       for (int time = 1; time < kFrames; ++time)
         write(folder, "predictions/a/" + frame_name(time) + ".png",
               scene_mask({.grow = 1}, time - 1));
     }},
    {"P033", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::bad) folder.write("predictions/ImageSets/val.txt", "a\nb\n");
     }},
    {"P034", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::cured) return;
       for (int time = 1; time < kFrames; ++time)
         write(folder, "predictions/a/" + frame_name(time) + ".png", scene_mask({}, 0));
     }},
    {"P035", "davis2017-val",
     [](const TempFolder& folder, Variant variant) {
       davis(folder);
       Scene scene;
       for (const char* const name : {"c", "d"}) {
         write_video(folder, kDavis + name, scene);
         ++scene.speed;
       }
       folder.write("data/ImageSets/2017/train.txt", "c\nd\n");
       scene.speed = 2;
       for (const char* const name : {"a", "b"}) {
         write_prediction(
             folder,
             "predictions/" +
                 (variant == Variant::bad ? std::string(1, static_cast<char>(*name + 2)) : name),
             scene);
         ++scene.speed;
       }
     }},
    {"P036", "flat",
     [](const TempFolder& folder, Variant variant) {
       predict_flat(folder);
       if (variant == Variant::cured) return;
       boost::filesystem::create_directories(folder / "predictions/run1/masks");
       folder.write("predictions/logs/run1.txt", "done");  // which of the folders is meant?
       for (const char* const name : {"a", "b"})
         boost::filesystem::rename(folder / ("predictions/" + std::string(name)),
                                   folder / ("predictions/run1/masks/" + std::string(name)));
     }},
    {"P040", "dias-test",
     [](const TempFolder& folder, Variant variant) {
       predict_dias(folder);
       Scene smaller;
       smaller.height = 24;
       smaller.ids = {230};
       if (variant == Variant::bad)
         write(folder, map_path(7),
               write_png(scene_mask(smaller, 1).view(), PngKind{.color_type = 0}));
     }},
    {"P041", "dias-test",
     [](const TempFolder& folder, Variant variant) {
       predict_dias(folder);
       Mask levels = scene_mask({.speed = 7, .ids = {12}, .grow = 1}, 1);
       if (variant == Variant::bad)
         write(folder, map_path(7),
               write_png(levels.view(), PngKind{.color_type = 0, .bit_depth = 4}));
     }},
    {"P042", "dias-test",
     [](const TempFolder& folder, Variant variant) {
       predict_dias(folder);
       const std::vector<Rgb> heat(48 * 40, Rgb{250, 180, 20});
       if (variant == Variant::bad) write(folder, map_path(7), write_rgb_png(48, 40, heat));
     }},
    {"P043", "dias-test",
     [](const TempFolder& folder, Variant variant) {
       predict_dias(folder);
       const Mask unscaled = scene_mask({.speed = 7, .ids = {1}, .grow = 1}, 1);
       if (variant == Variant::bad)
         write(folder, map_path(7), write_png(unscaled.view(), PngKind{.color_type = 0}));
     }},
    {"P044", "dias-test",
     [](const TempFolder& folder, Variant variant) {
       predict_dias(folder);
       Mask inverted = map_of(7);
       for (int y = 0; y < inverted.height(); ++y) {
         for (int x = 0; x < inverted.width(); ++x)
           inverted.at(x, y) = static_cast<std::uint8_t>(255 - inverted.at(x, y));
       }
       if (variant == Variant::bad)
         write(folder, map_path(7), write_png(inverted.view(), PngKind{.color_type = 0}));
     }},
    {"P045", "mosxav-semantic-test",
     [](const TempFolder& folder, Variant variant) {
       predict_semantic(folder);
       if (variant == Variant::bad)
         write_semantic(folder, "predictions/v00/00003.png",
                        semantic_of(scene_mask(angiogram(2), 3), 1, 6));
     }},
    {"P046", "mosxav-semantic-test",
     [](const TempFolder& folder, Variant variant) {
       predict_semantic(folder);
       Scene scene = angiogram(2);
       scene.grow = 1;
       const Rgb vessel = variant == Variant::bad ? Rgb{128, 0, 0} : Rgb{85, 170, 255};
       write(folder, "predictions/v00/00003.png",
             painted(semantic_of(scene_mask(scene, 3)), vessel));
     }},
    {"P047", "paxray-test",
     [](const TempFolder& folder, Variant variant) {
       predict_paxray(folder);
       if (variant == Variant::bad) write(folder, "predictions/a.npy", planes(0, {1, 2, 4, 4}));
     }},
    {"P048", "paxray-test",
     [](const TempFolder& folder, Variant variant) {
       predict_paxray(folder);
       if (variant == Variant::bad) folder.write("predictions/a.npy", float_array());
     }},
    {"P049", "paxray-test",
     [](const TempFolder& folder, Variant variant) {
       predict_paxray(folder);
       if (variant == Variant::bad) write(folder, "predictions/a.npy", planes(3));
     }},
};

}  // namespace

std::span<const FindingCase> finding_cases() { return kCases; }

}  // namespace angiobench::test
