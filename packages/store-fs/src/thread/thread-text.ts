// Made from thread-main.ts by `npm run build:thread`. Do not edit.

/** The program of the thread that writes. */
export const threadText = `\
var Ee=require("node:worker_threads");var ue=require("node:zlib"),me=require("node:timers/promises")\
;var d=class extends Error{name="KeepfitError";code;constructor(e,r,n){super(\`\${e}: \${r}\`,n),this.co\
de=e}};function p(t){return t instanceof Error&&t.name==="KeepfitError"&&"code"in t}var y=class{#r;#\
n;#e;#t=0;#o;constructor(e,r){this.#r=e,this.#n=r,this.#e=new DataView(new ArrayBuffer(4*e.length)),\
this.#o=e[0]??0}add(e){for(let r=0;r<e.byteLength;){for(;this.#o===0;)this.#o=this.#r[++this.#t]??1/\
0;if(this.#o===1/0)return;let n=Math.min(r+this.#o,e.byteLength),o=4*this.#t,i=this.#e.getUint32(o,!\
0);this.#e.setUint32(o,this.#n(e.subarray(r,n),i),!0),this.#o-=n-r,r=n}}toBytes(){return new Uint8Ar\
ray(this.#e.buffer)}};function N(){let t=Promise.resolve();return{run:e=>{let r=t.then(e,e);return t\
=r.catch(()=>{}),r}}}var b=require("node:path");var A={fsStore:"folder",fileSink:"path"},ge={ENOSPC:\
"the disk is full",EDQUOT:"the disk quota is used up"};function v(t,e){let r=u(t),n=\`could not \${e.a\
ction} \${e.path} (\${r===""?String(t):r})\`,o=ge[r];if(o!==void 0){let i=e.byteLength===void 0?"":\`, a\
nd \${e.byteLength} bytes must fit into \${(0,b.dirname)(e.path)}\`,s=\`\${n}: \${o}\${i}; free some room, \
or \${E(e)}\`;return new d("KEEPFIT_STORE_FULL",s,{cause:t})}return new d("KEEPFIT_STORE_FAILED",\`\${n}\
: \${we(r,e)}\`,{cause:t})}function u(t){let r=(p(t)?t.cause:t)?.code;return typeof r=="string"?r:""}a\
sync function g(t){try{return await t()}catch(e){if(u(e)==="ENOENT")return;throw e}}function we(t,e)\
{let{owner:r,path:n}=e,o=A[r];switch(t){case"EACCES":case"EPERM":return\`this user may not; let it re\
ad and write \${(0,b.dirname)(n)}, or \${E(e)}\`;case"ERR_ACCESS_DENIED":return"Node's permission model\
 forbids it; use --allow-fs-write, or on Node 26, which forbids fsync, no --permission";case"EROFS":\
return\`the file system is read-only; give \${r} a \${o} that can be written\`;case"EEXIST":return\`somet\
hing else has this name; move it away, or \${E(e)}\`;case"ENOTDIR":return\`a part of this path is a fil\
e; give \${r} a path made of folders\`;case"EISDIR":return\`a folder has this name; move it away, or \${\
E(e)}\`;case"ELOOP":return"a symbolic link has this name and cannot be followed; remove it";case"EFBI\
G":return\`the file system, or ulimit -f, takes no file of this size; give \${r} a \${o} on another one\
\`;case"ENOENT":return"it was removed meanwhile; let nothing else write or clean up in this folder";c\
ase"EMFILE":case"ENFILE":return"too many files are open; raise the limit (ulimit -n)";default:return\
\`see the cause, or \${E(e)}\`}}function E({owner:t}){return\`give \${t} another \${A[t]}\`}var L={open:"op\
en",stat:"look at",lstat:"look at",readdir:"list",mkdir:"make the folder",rename:"rename",link:"link\
",unlink:"delete"},U={read:"read",write:"write",truncate:"cut",stat:"look at",sync:"sync",close:"clo\
se"},Fe=new Set(["rename","link"]);function P(t,e,r={}){let n=D(t,L,(o,i)=>({owner:e,action:o==="ope\
n"?Se(t.constants,Number(i[1])):L[o],path:String(Fe.has(o)?i[1]:i[0]),...r}));return{...n,constants:\
t.constants,open:async(o,i,s)=>D(await n.open(o,i,s),U,c=>({owner:e,action:U[c],path:o,...r})),for:o\
=>P(t,e,{...r,...o})}}function Se({O_WRONLY:t,O_EXCL:e=0},r){return(r&e)!==0?"make":(r&t)===0?"read"\
:"open"}function D(t,e,r){let n=t,o=Object.keys(e).map(i=>[i,async(...s)=>{try{return await Reflect.\
apply(n[i],t,s)}catch(c){throw p(c)?c:v(c,r(i,s))}}]);return Object.fromEntries(o)}var nt=16*1024*10\
24;function M(t,e,r){return{...t,fs:P(e,"fsStore"),host:r,commits:N()}}var H=require("node:crypto"),\
C=require("node:path");var ke=".safetensors";function m(t,e){return(0,C.join)(t,\`\${e}\${ke}\`)}functio\
n j(t,e){return(0,C.join)(t,\`.\${e}.\${(0,H.randomUUID)()}.tmp\`)}var S=require("node:path");async func\
tion w({fs:t,host:e},r){if(e.isWindows)return;let n=await t.for({action:"sync the folder"}).open(r,t\
.constants.O_RDONLY);try{await n.sync()}catch(o){if(u(o)!=="EINVAL")throw o}finally{await n.close()}\
}var be=new Set(["EACCES","EPERM"]);async function B(t){let e=await q(t,t.path);e&&t.isPrepared||(aw\
ait V(t,t.path,e),t.isPrepared=!0)}async function V(t,e,r){let n=(0,S.dirname)(e);if(r)return Pe(t,e\
);await V(t,n,await q(t,n));try{await t.fs.mkdir(e,{mode:448})}catch(o){if(u(o)!=="EEXIST")throw o}a\
wait w(t,n)}async function q({fs:t},e){let r=t.for({action:"look at the folder"}),n=await g(()=>r.st\
at(e,{bigint:!0}));if(n===void 0)return!1;if(n.isDirectory())return!0;throw new d("KEEPFIT_STORE_FAI\
LED",\`\${e} is a file, but fsStore needs a folder there; give fsStore the path of a folder\`)}async fu\
nction Pe(t,e){if((0,S.dirname)(e)!==e)try{await w(t,(0,S.dirname)(e))}catch(r){if(!be.has(u(r)))thr\
ow r}}async function Y(t,e){let{O_WRONLY:r,O_CREAT:n,O_EXCL:o,O_NOFOLLOW:i=0}=t.constants,s=await t.\
open(e,r|n|o|i,384);return{path:e,handle:s,isOpen:!0}}async function T(t){t.isOpen=!1,await t.handle\
.close()}async function G(t,e){e.isOpen&&await T(e).catch(()=>{}),await t.unlink(e.path).catch(()=>{\
})}var Ce=new Set(["EPERM","EACCES","EBUSY"]),Te=500,xe=1e4;async function z(t,e,r=async()=>{}){for(\
let n=0,o=10;;n+=o,o=Math.min(2*o,Te)){await r();try{return await e()}catch(i){if(!t.isWindows||!Ce.\
has(u(i))||n>=xe)throw i}await t.pause(o)}}async function J(t,e,r,n){for(let o=0;o<e.length;){let i=\
Math.min(e.length-o,1073741824),{bytesWritten:s}=await t.write(e,o,i,r+o);if(!(s>0&&s<=i))throw n(i,\
s);o+=s}}var X=require("node:crypto"),Q=require("node:zlib"),x=16*1024,h=class{#r;#n=(0,X.createHash\
)("sha256");#e=0;#t=0;constructor(e){this.#r=e}add(e){this.#e=(0,Q.crc32)(e,this.#e);for(let[r,n]of \
O(this.#r)){let o=Math.max(r-this.#t,0),i=Math.min(n-this.#t,e.length);o<i&&this.#n.update(e.subarra\
y(o,i))}this.#t+=e.length}skipTo(e){this.#t=e}formatEdges(){return\`\${this.#r}-\${this.#n.copy().diges\
t("hex").slice(0,32)}-\`}formatVersion(){return this.formatEdges()+this.#e.toString(16).padStart(8,"0\
")}};function O(t){return t<=2*x?[[0,t]]:[[0,x],[t-x,t]]}function Z(t,e){return t.startsWith(\`\${e}-\`\
)}var I="the old checkpoint stays";function R(t,e,r,n){let o=r===null?"no checkpoint":"the one that \
was last read or stored here",[i,s]=n===void 0?["it is gone","something deleted it or moved it away"\
]:[\`another one of \${n} bytes is there\`,\`another trainer wrote in \${t}\`];return new d("KEEPFIT_STORE\
_CONFLICT",\`\${e} should be \${o}, but \${i}: \${s}, and nothing was changed. Stop one of the two, or gi\
ve each its own folder or name\`)}function ee(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`\${t} should\
 have \${e} bytes, but has \${r}; \${I}\`)}function te(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`a wri\
te of \${e} bytes to \${t} wrote \${r}; \${I}\`)}function $(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`t\
he chunks for \${t} must add up to the announced \${e} bytes, but came to \${r}; \${I}\`)}function re(t,e\
){return new d("KEEPFIT_STORE_FAILED",\`the new checkpoint is in place at \${t}, but a power cut may b\
ring back the old one because the folder could not be synced (\${u(e)||String(e)}); check the disk be\
fore you continue\`,{cause:e})}var Oe=1024*1024;async function ne(t,e,r){if(r===void 0)return;let n=a\
wait ie(t,e),{replaces:o}=r;if(!(_(n,o)&&(o===null||await Ie(t,e,o))))throw R(t.path,m(t.path,e),o,n\
?.size)}async function oe(t,e,r){if(r===void 0)return;let n=await ie(t,e);if(!_(n,r.replaces))throw \
R(t.path,m(t.path,e),r.replaces,n?.size)}async function ie({fs:t,path:e},r){return g(()=>t.lstat(m(e\
,r),{bigint:!0}))}function _(t,e){return t===void 0||e===null?t===void 0&&e===null:t.isFile()&&Z(e,t\
.size)}async function Ie(t,e,r){let{fs:n}=t,{O_RDONLY:o,O_NOFOLLOW:i=0,O_NONBLOCK:s=0}=n.constants,c\
=o|i|s,f=await g(()=>n.open(m(t.path,e),c));if(f===void 0)return!1;try{let l=await f.stat({bigint:!0\
});if(!_(l,r)||!await Re(f,Number(l.size),r))return!1;if($e(t,e,r,l))return!0;let F=new h(Number(l.s\
ize));return await se(F,f,0,Number(l.size)),F.formatVersion()!==r?!1:(W(t,e,r,l),!0)}finally{await f\
.close().catch(()=>{})}}async function Re(t,e,r){let n=new h(e);for(let[o,i]of O(e))n.skipTo(o),awai\
t se(n,t,o,i);return r.startsWith(n.formatEdges())}async function se(t,e,r,n){let o=new Uint8Array(M\
ath.min(n-r,Oe));for(let i=r;i<n;){let{bytesRead:s}=await e.read(o,0,Math.min(o.length,n-i),i);if(!(\
s>0))return;t.add(o.subarray(0,s)),i+=s}}function W(t,e,r,n){t.known.set(e,{version:r,stamp:ae(n)})}\
function $e(t,e,r,n){let o=t.known.get(e);return o?.version===r&&o.stamp===ae(n)}function ae({dev:t,\
ino:e,mtimeNs:r,size:n}){return\`\${t}:\${e}:\${r}:\${n}\`}var k=class{#r;#n;#e=0;#t;#o;constructor(e,r){t\
his.#r=e,this.#n=r}add(e){this.throwFailure(),this.#e+=e,!(this.#e<this.#n||this.#t!==void 0)&&(this\
.#e=0,this.#t=this.#i())}async waitUntilIdle(){await this.#t}throwFailure(){if(this.#o!==void 0)thro\
w this.#o.error}async#i(){try{await this.#r.handle.sync()}catch(e){this.#o={error:e}}this.#t=void 0}\
};async function ce(t,e){try{await w(t,t.path)}catch(r){throw re(e,r.cause)}}async function de(t,e,r\
,n,o){let{byteLength:i}=r,s=m(t.path,e);await oe(t,e,n),await B(t);let c=await Y(t.fs.for({byteLengt\
h:i}),o?.temp??j(t.path,e)),f=new h(i);try{await _e(c,r,t.syncEvery,f),await Ke(c,i),await c.handle.\
sync(),await T(c);let l=await t.fs.lstat(c.path,{bigint:!0});o?.beforeRename(f.formatVersion()),awai\
t t.commits.run(async()=>{await Ne(t,e,c,n),W(t,e,f.formatVersion(),l)})}catch(l){throw await G(t.fs\
,c),l}return await ce(t,s),f.formatVersion()}async function _e(t,e,r,n){let o=new k(t,r);try{await W\
e(t,e,i=>{n.add(i),o.add(i.length)})}finally{await o.waitUntilIdle()}o.throwFailure()}async function\
 We({path:t,handle:e},{byteLength:r,chunks:n},o){let i=0;for await(let s of n){let c=new Uint8Array(\
s.buffer,s.byteOffset,s.byteLength);if(i+c.length>r)throw $(t,r,\`\${i+c.length} or more\`);await J(e,c\
,i,(f,l)=>te(t,f,l)),i+=c.length,o(c)}if(i!==r)throw $(t,r,String(i))}async function Ke({path:t,hand\
le:e},r){let{size:n}=await e.stat({bigint:!0});if(n!==BigInt(r))throw ee(t,r,n)}async function Ne(t,\
e,r,n){let o=m(t.path,e),i=t.fs.for({action:"put a new checkpoint at"});await z(t.host,()=>i.rename(\
r.path,o),()=>ne(t,e,n))}var Ae=128;function fe(t,e){for(let r=0;r<Ae;r++)t[r]=e.charCodeAt(r)}funct\
ion le(t){if(!p(t))throw t;let{code:e,message:r,cause:n}=t;return{code:e,message:r.slice(\`\${e}: \`.le\
ngth),cause:n instanceof Error?{message:n.message,fields:{...n}}:void 0}}async function pe(t,e){let \
r=new K(t);for(;;){let n=await r.receive();n.kind==="begin"&&r.send({kind:"ended",outcome:await ve(r\
,n.job,e)}),r.flush()}}async function ve(t,e,r){let n=M(e.folder,r,{isWindows:!1,pause:me.setTimeout\
}),{path:o,syncEvery:i}=n,s=Le(t,e),c=await de(n,e.key,s,e.condition,{temp:e.temp,beforeRename:F=>fe\
(e.renaming,F)}).catch(le),{isPrepared:f,known:l}=n;return{folder:{path:o,syncEvery:i,isPrepared:f,k\
nown:l},result:c}}function Le(t,{byteLength:e,partLengths:r}){let n=Ue(t);return{byteLength:e,chunks\
:r===void 0?n:De(n,r)}}async function*Ue(t){for(;;){let e=await t.receive();if(e.kind==="commit")ret\
urn;if(e.kind!=="bytes")throw new d("KEEPFIT_STORE_FAILED","the store has given up");let{buffer:r,le\
ngth:n}=e;yield new Uint8Array(r,0,n),t.send({kind:"freed",buffer:r})}}async function*De(t,e){let r=\
new y(e,ue.crc32);for await(let n of t)r.add(n),yield n;yield r.toBytes()}var K=class{#r;#n=[];#e=[]\
;#t=()=>{};constructor(e){this.#r=e,e.on("message",r=>{this.#n.push(...r),this.#t()})}async receive(\
){for(;;){let e=this.#n.shift();if(e!==void 0)return e;this.flush(),await new Promise(r=>{this.#t=r}\
)}}send(e){this.#e.push(e)}flush(){if(this.#e.length===0)return;let e=this.#e.flatMap(r=>r.kind==="f\
reed"?[r.buffer]:[]);this.#r.postMessage(this.#e,e),this.#e=[]}};var a=require("node:fs"),he=require\
("node:util"),Me=(0,he.promisify)(a.fsync),ye={constants:a.constants,open:async(t,e,r)=>He((0,a.open\
Sync)(t,e,r)),stat:async(t,e)=>(0,a.statSync)(t,e),lstat:async(t,e)=>(0,a.lstatSync)(t,e),readdir:as\
ync(t,e)=>(0,a.readdirSync)(t,e),mkdir:async(t,e)=>(0,a.mkdirSync)(t,e),rename:async(t,e)=>(0,a.rena\
meSync)(t,e),link:async(t,e)=>(0,a.linkSync)(t,e),unlink:async t=>(0,a.unlinkSync)(t)};function He(t\
){return{read:async(...e)=>({bytesRead:(0,a.readSync)(t,...e)}),write:async(...e)=>({bytesWritten:(0\
,a.writeSync)(t,...e)}),stat:async e=>(0,a.fstatSync)(t,e),sync:()=>Me(t),close:async()=>(0,a.closeS\
ync)(t)}}pe(Ee.parentPort,ye).catch(t=>{queueMicrotask(()=>{throw t})});`;
